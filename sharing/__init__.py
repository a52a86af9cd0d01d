"""The information-sharing engine: terms, redaction, feed, shares and the audit ledger.

It knows neither the web framework nor geometry nor the hub's records; it refers to those by kind
and id, and it never ends a transaction: whoever opened the session does.
"""
