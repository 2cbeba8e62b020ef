"""Clocks: what is due when, and what is late."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from gasutil.models import OPEN_STATUSES, ServiceRequest

Rows = TypeVar("Rows", bound="QuerySet[Any]")


def is_overdue(row: Mapping[str, Any], now: dt.datetime | None = None) -> bool:
    """Return whether a request (its columns by name) is open and past the time it was to be resolved by."""
    due = row["resolve_by"]
    return due is not None and row["status"] in OPEN_STATUSES and due < (now or timezone.now())


def only_overdue(rows: "QuerySet[ServiceRequest]", wanted: bool, now: dt.datetime | None = None) -> "QuerySet[ServiceRequest]":
    """Keep the requests that are overdue, or those that are not."""
    late = {"is_open": True, "resolve_by__lt": now or timezone.now()}
    return rows.filter(**late) if wanted else rows.exclude(**late)
