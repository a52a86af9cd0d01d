"""Texts, files and shapes that want to do harm, and what becomes of them at every door."""
