"""Every page of the console.

`project/console.py` imports this once the site is there and Django's own pages are on it.
"""

from gasutil.admin.accounts import accounts, erasures, groups, sign_ins, teams
from gasutil.admin.base import exports
from gasutil.admin.catalogue import calendars, request_types
from gasutil.admin.operations import deliveries, machine_accounts, tasks, webhooks
from gasutil.admin.requests import (
    bulk,
    canned_replies,
    incidents,
    reviews,
    service_requests,
    updates,
)

__all__ = [
    "accounts",
    "bulk",
    "calendars",
    "canned_replies",
    "deliveries",
    "erasures",
    "exports",
    "groups",
    "incidents",
    "machine_accounts",
    "request_types",
    "reviews",
    "service_requests",
    "sign_ins",
    "tasks",
    "teams",
    "updates",
    "webhooks",
]
