"""Notifications: who receives which, and by which channel.

The background worker sends them after the commit.
"""
