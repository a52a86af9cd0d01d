"""One archive of everything the hub holds, made while others write, and the way back from it."""
