"""Imports of calls that were noted on paper."""

from typing import Any

from gasutil.access import Actor
from gasutil.models import Channel, Import, User
from gasutil.workflow import imports
from tests.support.tables import table_of

A_ROW = {
    "customer": "customer",
    "request_type": "gas_leak_inspection",
    "description": "It smells of gas",
}


def by(user: User) -> Actor:
    return Actor(user, Channel.CONSOLE)


def bring(user: User, *rows: dict[str, Any]) -> Import:
    return imports.create_draft(actor=by(user), filename="calls.csv", table=table_of(*rows))
