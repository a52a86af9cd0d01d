"""Enforcement cases of one owning bureau."""
