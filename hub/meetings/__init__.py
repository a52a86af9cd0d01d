"""Joint meetings (联席会议): series, invitations, agenda from live data, minutes, decisions."""
