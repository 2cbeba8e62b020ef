"""Measure how flat the API stays as the requests grow, and its share of what PostgreSQL allows."""
