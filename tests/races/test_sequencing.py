"""The tree while many write and its workers are killed: each row once, and no number missing."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections, transaction

from gasutil.access import Actor
from gasutil.models import Leaf, LogName, RequestUpdate, User
from gasutil.proof import sequencer, tree
from gasutil.proof.keys import create_key_file
from gasutil.workflow import requests
from tests.support.processes import kill, start
from tests.support.proof import publish, root_of_leaves
from tests.support.randomness import Random
from tests.support.requests import file_request
from tests.support.servers import on_the_tests_database

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WRITERS, COMMENTS, KILLS = 4, 25, 6
LATE_SECONDS = 0.05  # between a row and its commit, at most
SEQUENCER = """
import django; django.setup()
from gasutil.proof import sequencer
while True:
    sequencer.append_rows(["request"])
"""


def write(pk: int, actor: Actor, chance: Random) -> None:
    """Comment on one request, with late commits and some that are rolled back."""
    try:
        for number in range(COMMENTS):
            with transaction.atomic():
                requests.comment(pk, notes=f"Note {number}", actor=actor)
                time.sleep(chance.random() * LATE_SECONDS)  # the commit is late
                transaction.set_rollback(chance.random() < 0.1)
    finally:
        connections.close_all()


def kill_some(chance: Random) -> None:
    """Start two sequencers at a time, and kill them at a random moment."""
    environment = on_the_tests_database(DJANGO_SETTINGS_MODULE="project.settings")
    for _ in range(KILLS):
        pair = [start([sys.executable, "-c", SEQUENCER], environment) for _ in range(2)]
        time.sleep(2 + chance.random())  # a random moment
        for process in pair:
            kill(process)


def test_it_works(customer: User, support: User, chance: Random) -> None:
    create_key_file()
    owned: list[Any] = [file_request(customer) for _ in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS + 1) as pool:
        tasks = [
            pool.submit(write, obj.pk, Actor(support), Random(chance.random())) for obj in owned
        ]
        tasks.append(pool.submit(kill_some, chance))
        for task in tasks:
            task.result()
    checkpoint = publish()
    leaves = list(Leaf.objects.order_by("index"))
    assert [leaf.index for leaf in leaves] == list(range(len(leaves)))
    rows = [leaf.row for leaf in leaves if leaf.log == LogName.REQUEST]
    assert sorted(rows) == sorted(RequestUpdate.objects.values_list("history_id", flat=True))
    versions = dict(RequestUpdate.objects.values_list("history_id", "version"))
    requests_of = dict(RequestUpdate.objects.values_list("history_id", "id"))
    for obj in owned:
        of_one = [versions[row] for row in rows if requests_of[row] == obj.pk]
        assert of_one == list(range(1, len(of_one) + 1))
    assert bytes(checkpoint.root) == root_of_leaves()


def test_a_row_of_a_late_transaction_is_not_lost(leak: Any, customer: User) -> None:
    create_key_file()
    publish()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        early = requests.comment(leak.pk, notes="Begun first", actor=Actor(customer))
        other = pool.submit(_comment_elsewhere, customer).result()
        pool.submit(_append).result()
        assert Leaf.objects.filter(row=other).exists()
        assert not Leaf.objects.filter(row=early.pk).exists()
    publish()
    assert Leaf.objects.filter(row=early.pk).count() == 1
    assert early.pk < other


def _comment_elsewhere(customer: User) -> int:
    try:
        return int(RequestUpdate.objects.get(id=file_request(customer).pk).pk)
    finally:
        connections.close_all()


def _append() -> None:
    try:
        sequencer.append_rows()
    finally:
        connections.close_all()


def test_two_workers_take_turns(leak: Any) -> None:
    sequencer.begin_log()
    with transaction.atomic():
        sequencer.append_rows()
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(_appended).result() == 0
    assert tree.root(sequencer.stored_tile, Leaf.objects.count()) == root_of_leaves()


def _appended() -> int:
    try:
        return sequencer.append_rows()
    finally:
        connections.close_all()
