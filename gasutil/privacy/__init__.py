"""Personal data: what is known about a person, and how it is erased."""
