"""Measure how flat the API stays as the table of requests grows, and how close it comes to the best of PostgreSQL."""
