"""Petitions (信访件): complaints that a bureau takes and settles, alone or with a neighbour."""
