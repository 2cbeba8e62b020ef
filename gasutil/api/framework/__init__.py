"""The machinery of the API.

It makes routes, bodies, pages and the OpenAPI document from declarations, and imports none of these
declarations.
"""
