"""What a person is told of: the bell, its page, and digests by e-mail."""
