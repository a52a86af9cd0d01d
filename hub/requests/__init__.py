"""Requests between bureaus: assistance, referral, transfer, joint handling; and to the police."""
