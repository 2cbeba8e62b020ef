"""The support console: Django's admin, themed with Unfold.

Every change of a request goes through a verb of `workflow`.
"""
