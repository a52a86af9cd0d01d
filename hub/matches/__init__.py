"""Matches: records of both sides that seem to speak of the same matter, for each reader's eyes."""
