"""The REST API.

`resources.py`, `bodies.py` and `representations.py` declare it, and `framework/` makes its routes.
"""
