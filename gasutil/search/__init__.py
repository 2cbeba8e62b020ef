"""Search of service requests: one normaliser, an index of the texts of each request, and the queries of it."""
