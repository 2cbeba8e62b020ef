"""Uploaded files: validation, re-encoding, storage and downloads."""
