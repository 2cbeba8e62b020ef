"""Authentication: passwords, limits on guessing them, sessions, and the tokens of a login."""
