"""Every page of the console. `project/console.py` imports this once the site is there and Django's own pages are on it."""

from gasutil.admin import accounts, calendars, deliveries, groups, incidents, request_types, service_requests, tasks, updates

__all__ = ["accounts", "calendars", "deliveries", "groups", "incidents", "request_types", "service_requests", "tasks", "updates"]
