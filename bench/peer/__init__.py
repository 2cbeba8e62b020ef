"""The peer: the same calls on the same rows, with Django REST framework and its usual packages.

It is written as a competent engineer writes it: simplejwt for the tokens, guardian's direct tables
and its own shortcut for the customer's requests, django-filter, pagination by cursor, no query for
each row, the log by simple-history, rows locked while they change. Its models are those of the
application's tables, so that both read and write the same rows and the same indexes.

It does less than the application: it checks no login (a token is valid until it expires), notifies
no one, and updates no search index.
"""
