"""Every page of the console. `project/console.py` imports this once the site is there and Django's own pages are on it."""

from gasutil.admin import (
    accounts,
    bulk,
    calendars,
    canned_replies,
    deliveries,
    exports,
    groups,
    incidents,
    request_types,
    service_requests,
    tasks,
    teams,
    updates,
    webhooks,
)

__all__ = [
    "accounts",
    "bulk",
    "calendars",
    "canned_replies",
    "deliveries",
    "exports",
    "groups",
    "incidents",
    "request_types",
    "service_requests",
    "tasks",
    "teams",
    "updates",
    "webhooks",
]
