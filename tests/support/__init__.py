"""What tests share: a world with demo people, callers, a live hub, a browser."""
