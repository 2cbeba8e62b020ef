"""The REST API: generated from the declarations in `resources.py`, which are all of it."""
