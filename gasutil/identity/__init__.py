"""Who somebody is: passwords, the limits on guessing them, and the tokens of a login."""
