"""Notifications: who receives which, and by which channel; the background worker sends them after the commit."""
