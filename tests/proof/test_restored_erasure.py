"""A restored backup brings no erased customer back for long, and the history still verifies."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import ErasureReason, LogKey, ServiceRequest, User
from gasutil.privacy import register
from gasutil.proof.checking import Checker
from gasutil.proof.notes import PublicKey
from gasutil.workflow import privacy
from tests.support.databases import database_url
from tests.support.erasure import LATER, fill_personal_data, traces_of_person
from tests.support.proof import publish

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def complete() -> None:
    """The restore itself writes rows."""


@pytest.fixture
def dump(tmp_path: Path) -> Callable[[], Path]:
    """Return a function that dumps the tests' database, in the format of `pg_restore`."""
    if connection.vendor != "postgresql":
        pytest.skip("dumps PostgreSQL")
    file = tmp_path / "yesterday.dump"

    def dump_database() -> Path:
        subprocess.run(
            ["pg_dump", "-Fc", "-f", str(file), database_url()], check=True, capture_output=True
        )
        return file

    return dump_database


def restore(file: Path) -> None:
    """Put a dump in the place of the tests' database."""
    connections.close_all()
    command = ["pg_restore", "--clean", "--if-exists", "-1", "-d", database_url(), str(file)]
    subprocess.run(command, check=True, capture_output=True)


def verify() -> list[Any]:
    return Checker([PublicKey.parse(key.vkey) for key in LogKey.objects.all()]).check()


def test_restoring_yesterdays_backup_erases_the_customer_again(
    dump: Callable[[], Path], customer: User, support: User
) -> None:
    obj: ServiceRequest = fill_personal_data(customer, support)
    publish()
    file = dump()
    privacy.request_erasure(customer, ErasureReason.OWN, actor=Actor(customer))
    publish()
    assert privacy.erase_due(timezone.now() + LATER) == 1
    assert traces_of_person() == []

    restore(file)
    assert traces_of_person() != []
    assert customer.pk in {entry.user for entry in register.registered_erasures()}
    output = io.StringIO()
    call_command("replay_erasures", stdout=output)
    assert output.getvalue() == "Erased again: 1.\n"
    assert traces_of_person() == []
    publish()
    assert verify() == []
    obj.refresh_from_db()
    assert (obj.address, obj.status) == ("411 004", "resolved")
    call_command("replay_erasures", stdout=output)
    assert output.getvalue().endswith("Erased again: 0.\n")
