"""Signing keys of bureaus, and the keys of partners elsewhere that a bureau trusts."""
