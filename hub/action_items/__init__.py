"""Action items (办理事项): what a meeting laid on a bureau, followed until it is closed."""
