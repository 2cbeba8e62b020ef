"""The cast, and the doors they come in by."""
