"""The overview: what waits for the person, what is under way, what was told to his bureau."""
