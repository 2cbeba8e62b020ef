"""Files that strangers send: what is taken, and what is made of it."""
