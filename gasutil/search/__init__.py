"""Search of service requests.

It has one normaliser, an index of the texts of each request, and the queries of the index.
"""
