"""Records opened to other bureaus: deciding, sharing, receipts, recall."""
