"""The machinery of the API: it makes routes, bodies, pages and the OpenAPI document from declarations, and imports none of them."""
