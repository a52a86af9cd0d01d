"""Patrols that come back by a rule: agreed once, each date a proposal of its own."""
