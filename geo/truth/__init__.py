"""What a patrol's evidence says for and against itself: reasons with figures, never a verdict."""
