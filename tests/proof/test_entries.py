"""The signed entries: every column of every history is in them, or its absence has a reason."""

import base64
import hashlib
import json

import pytest

from gasutil.models import Leaf, LogName, RequestUpdate
from gasutil.models.append_only import histories
from gasutil.proof import commitments, entries
from gasutil.proof.entries import PROVED_HISTORIES
from tests.support.proof import publish

SECRET = bytes(range(16))


def test_it_works(leak):
    publish()
    row = RequestUpdate.objects.get(id=leak.pk)
    leaf = Leaf.objects.get(log=LogName.REQUEST, row=row.pk)
    stated = json.loads(entries.entry(PROVED_HISTORIES[LogName.REQUEST], row, leaf, {}))
    assert (stated["v"], stated["log"], stated["event"]) == (2, "request", "request.created")
    assert (stated["row"], stated["request"], stated["status"]) == (row.pk, leak.pk, "pending")
    assert stated["recorded_at"].endswith("Z")
    assert {"notes", "address", "description", "details"} < stated["salted"].keys()
    assert leak.address not in json.dumps(stated)


@pytest.mark.parametrize("log", list(PROVED_HISTORIES))
def test_every_column_is_in_the_entry_or_left_out_for_a_reason(log):
    source = PROVED_HISTORIES[log]
    columns = {field.attname for field in source.model._meta.concrete_fields}
    stated = [*source.plain.values(), *source.salted.values(), *source.left_out]
    assert sorted(stated) == sorted(columns)
    assert all(source.left_out.values())


def test_every_history_is_a_source():
    known = {source.model for source in PROVED_HISTORIES.values()}
    of_members = {
        model for source in PROVED_HISTORIES.values() for model, _ in source.members.values()
    }
    assert set(histories()) <= known | of_members


@pytest.mark.parametrize("log", [log for log in PROVED_HISTORIES if log != LogName.STATEMENT])
def test_personal_values_are_salted(log):
    source = PROVED_HISTORIES[log]
    assert set(getattr(source.model, "erasable", ())) <= set(source.salted.values())


def test_the_digest_of_a_value_is_the_published_one():
    disclosed = commitments.disclosure(SECRET, "notes", "Gas leak fixed – “ok”")  # noqa: RUF001
    content = json.loads(base64.urlsafe_b64decode(disclosed + "=" * (-len(disclosed) % 4)))
    assert content[0] == "GubmeFCgKlx213bNODNvtQ"
    assert commitments.disclosure_digest(disclosed) == "TGaG1vbV5M7qTQ5BC0kt8UsM_E2PSePzjuSqeJYyGUc"


def test_the_digest_is_that_of_the_sd_jwt_specification():
    disclosed = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert commitments.disclosure_digest(disclosed) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


@pytest.mark.parametrize("value", [2**60, float("nan"), "\ud800"])
def test_a_value_without_a_canonical_form_is_disclosed_as_its_text(value):
    disclosed = commitments.disclosure(SECRET, "details", {"value": value})
    content = json.loads(base64.urlsafe_b64decode(disclosed + "=" * (-len(disclosed) % 4)))
    assert content[2] == {"json": json.dumps({"value": value})}


def test_a_salt_reveals_nothing_about_the_others():
    salts = {commitments.disclosure(SECRET, name, "x") for name in ("notes", "address")}
    assert len(salts) == 2
    assert hashlib.sha256(SECRET).hexdigest() not in "".join(salts)


def test_an_erased_value_leaves_its_leaf_as_it_was(leak):
    publish()
    source = PROVED_HISTORIES[LogName.REQUEST]
    row = RequestUpdate.objects.get(id=leak.pk)
    leaf = Leaf.objects.get(log=LogName.REQUEST, row=row.pk)
    before = entries.entry(source, row, leaf, {})
    leaf.digests = json.loads(before)["salted"]
    leaf.salt, leaf.ip_salt, row.notes = None, None, ""
    assert entries.entry(source, row, leaf, {}) == before
    assert entries.disclosures(source, row, leaf, {}) == {}


@pytest.mark.parametrize("column", ["notes", "priority"])
def test_a_column_that_is_added_later_is_not_in_entries_of_before(leak, monkeypatch, column):
    publish()
    source = PROVED_HISTORIES[LogName.REQUEST]
    row = RequestUpdate.objects.get(id=leak.pk)
    leaf = Leaf.objects.get(log=LogName.REQUEST, row=row.pk)
    monkeypatch.setattr(entries, "ADDED_COLUMNS", {LogName.REQUEST: {column: leaf.version + 1}})
    stated = json.loads(entries.entry(source, row, leaf, {}))
    assert column not in stated | stated["salted"]
    leaf.version += 1
    stated = json.loads(entries.entry(source, row, leaf, {}))
    assert column in stated | stated["salted"]
