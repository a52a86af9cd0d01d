"""The clock of the hub: what happens because a date has come, once, also after a downtime."""
