"""When people and craft of a bureau are not to be had, and when all that is needed is free."""
