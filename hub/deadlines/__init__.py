"""Deadlines: rules as data, and the clocks that run by them. Knows no other feature's records."""
