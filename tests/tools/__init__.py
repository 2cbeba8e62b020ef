"""Tools for development that are no part of the application."""
