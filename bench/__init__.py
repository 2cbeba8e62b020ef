"""Measure how flat the API stays as the table of requests grows, and how near it is to what PostgreSQL can do at best."""
