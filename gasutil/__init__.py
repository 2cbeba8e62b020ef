"""The service desk of a gas utility."""

__version__ = "0.2.0"
