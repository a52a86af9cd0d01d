"""Signed packages: evidence bags, data exchange between bureaus and hubs, and what proves them."""
