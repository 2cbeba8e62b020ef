"""The support console: Django's admin, themed with Unfold.

Whatever changes a request goes through a verb of `workflow`.
"""
