"""Each model has a history, is part of one, or needs none; the guard of the tests finds gaps."""

import pytest
from django.apps import apps
from django.db import connection

from gasutil.access import SYSTEM
from gasutil.models import User
from gasutil.models.append_only import AppendOnlyRow
from gasutil.workflow import accounts
from tests.support.history_guard import PARTS, HistoryGuard, tracked_models

WITHOUT_HISTORY = {
    "Erasure": "is the progress of an erasure; its register is append-only",
    "SecurityEvent": "is a log",
    "SavedView": "is a person's own arrangement",
    "ReportSubscription": "is a person's own arrangement",
    "Review": "is the state of a review; its verbs write updates of the request",
    "ReportMailing": "says which periods were mailed",
    "SearchEntry": "is derived",
    "Installation": "says where the installation is",
    "OrphanedFile": "is a list for cleaning up",
    "Heartbeat": "is the state of a worker",
    "Worker": "is the state of a worker",
    "BackgroundTask": "is a task",
    "Backlog": "is the progress of a command",
    "BulkRun": "is the progress of a run; its requests have rows",
    "BulkRow": "is the progress of a run; its requests have rows",
    "Import": "is the progress of an import; its requests have rows",
    "Export": "is a log",
    "Delivery": "is a log",
    "IdempotencyKey": "is a stored response",
    "ReportKey": "is a stored response",
    "EventTicket": "is a short-lived credential",
    "Login": "is a credential; the security log has its events",
    "ConsoleSession": "is a credential; the security log has its events",
    "AuthenticatorApp": "is a credential; the security log has its events",
    "Passkey": "is a credential; the history of its account and the security log have its events",
    "RecoveryCode": "is a credential; the security log has its events",
    "EmailChange": "belongs to an account, whose address has a row",
    "MachineKey": "belongs to a machine account, whose rotation has a row",
    "ReportGroup": "groups unverified reports",
    "UnverifiedReport": "groups unverified reports",
    "ServiceRequestUserPermission": "follows the customer of a request",
    "ServiceRequestGroupPermission": "is unused",
    "ProofState": "is the state of the tree",
    "Witness": "is the state of a witness",
    "TimestampAuthority": "is the state of an authority",
    "LogKey": "is stated by leaves",
}


def test_every_model_has_a_history_or_a_reason():
    known = {*tracked_models(), *PARTS}
    missing = {
        model.__name__
        for model in apps.get_app_config("gasutil").get_models()
        if model not in known and not issubclass(model, AppendOnlyRow) and not model._meta.proxy
    }
    assert missing - WITHOUT_HISTORY.keys() == set()


def write_without_history(customer):
    """Write as product code would that forgets the history."""
    User.objects.filter(pk=customer.pk).update(phone_number="")


def guarded(action, monkeypatch, caller):
    guard = HistoryGuard()
    monkeypatch.setattr("tests.support.history_guard._caller", lambda: caller)
    with connection.execute_wrapper(guard):
        action()
    return list(guard.pending)


def test_the_guard_finds_a_write_without_a_row(customer, monkeypatch):
    found = guarded(lambda: write_without_history(customer), monkeypatch, "/gasutil/somewhere.py:1")
    assert found == ["gasutil_historicaluser"]


def test_the_guard_finds_nothing_in_a_verb(customer, monkeypatch):
    def update():
        accounts.update_account(customer.pk, SYSTEM, "Edited", address="Elsewhere 5")

    assert guarded(update, monkeypatch, "/gasutil/somewhere.py:1") == []


@pytest.mark.parametrize("values", [{"last_login": None}, {"password": "x"}])
def test_a_column_outside_of_the_history_needs_no_row(customer, monkeypatch, values):
    def update():
        User.objects.filter(pk=customer.pk).update(**values)

    assert guarded(update, monkeypatch, "/gasutil/somewhere.py:1") == []
