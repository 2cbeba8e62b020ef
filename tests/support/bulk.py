"""Runs of bulk changes."""

from gasutil.access import Actor
from gasutil.models import BulkRun, Channel, User
from gasutil.workflow import bulk, requests


def a_run(support: User, customer: User, number: int) -> BulkRun:
    pks = [
        requests.submit(actor=Actor(customer), request_type="new_connection", description="x").pk
        for _ in range(number)
    ]
    return bulk.prepare(actor=Actor(support, Channel.CONSOLE), verb="comment", pks=pks)
