"""The database engine for PostgreSQL: Django's own, with less work for each call."""
