"""The schedule: patrols and meetings of a stretch of time, who is busy when, feeds, reminders."""
