import io
from pathlib import Path

import pytest
from django.core.management import call_command

from gasutil.access import SYSTEM, Actor
from gasutil.dynamic_forms import definition_errors
from gasutil.models import Calendar, MilestoneLimit, Priority, RequestType, User
from gasutil.workflow import catalogue as verbs
from gasutil.workflow import requests
from tests.support.databases import empty_database
from tests.support.processes import environment_of, manage

SHIPPED = {
    "gas_leak_inspection",
    "third_party_damage",
    "new_connection",
    "no_supply",
    "pressure_problem",
    "meter_reading_dispute",
    "billing_dispute",
    "disconnection",
    "reconnection",
    "name_transfer",
    "meter_replacement",
    "appliance_conversion",
    "safety_inspection",
}


def test_it_loads_the_documented_types(db: None) -> None:
    assert set(RequestType.objects.values_list("code", flat=True)) == SHIPPED


def test_every_type_is_sound_and_described(db: None) -> None:
    for request_type in RequestType.objects.all():
        request_type.full_clean()
        assert request_type.description


@pytest.mark.parametrize("code", ["gas_leak_inspection", "third_party_damage"])
def test_an_emergency_has_a_safety_text_with_the_number(db: None, code: str) -> None:
    request_type = RequestType.objects.get(code=code)
    assert (request_type.is_emergency, request_type.priority) == (True, Priority.EMERGENCY)
    assert "number 1906" in request_type.safety_instructions
    assert "\n1. " in request_type.safety_instructions


def test_nothing_else_is_an_emergency(db: None) -> None:
    assert set(RequestType.objects.filter(priority=Priority.EMERGENCY)) == set(
        RequestType.objects.filter(is_emergency=True)
    )
    assert RequestType.objects.filter(is_emergency=True).count() == 2


def test_every_safety_text_says_that_it_is_a_sample(db: None) -> None:
    texts = RequestType.objects.exclude(safety_instructions="").values_list(
        "safety_instructions", flat=True
    )
    assert all(
        text.startswith("SAMPLE TEXT, to be approved by the operator.\n\n") for text in texts
    )


def test_every_form_works_and_every_limit_names_its_source(db: None) -> None:
    for request_type in RequestType.objects.all():
        assert definition_errors(request_type.form) == []
        assert request_type.form or request_type.code == "new_connection"
    assert not MilestoneLimit.objects.filter(source="").exists()


@pytest.mark.parametrize("code", ["gas_leak_inspection", "third_party_damage", "new_connection"])
def test_the_contracts_examples_need_no_answer(db: None, code: str) -> None:
    assert not [
        item
        for item in RequestType.objects.get(code=code).form
        if item.get("is_required") and not item.get("shown_if")
    ]


# --- `migrate` loads it
# ------------------------------------------------------------------------------------------
def test_a_database_that_was_flushed_has_it_again(transactional_db: None) -> None:
    RequestType.objects.all().delete()
    call_command("flush", verbosity=0, interactive=False)
    assert set(RequestType.objects.values_list("code", flat=True)) == SHIPPED


def test_migrating_adds_nothing_where_there_are_types(db: None) -> None:
    RequestType.objects.exclude(code="no_supply").delete()
    call_command("migrate", verbosity=0)
    assert RequestType.objects.get().code == "no_supply"


BACK_AND_FORTH = """
from django.core.management import call_command
from gasutil.models import RequestType
call_command("migrate", "gasutil", "0005", verbosity=0)
call_command("migrate", verbosity=0)
print(RequestType.objects.count(), end=" ")
RequestType.objects.all().delete()
call_command("migrate", "gasutil", "0007", verbosity=0)
call_command("migrate", verbosity=0)
print(RequestType.objects.count())
"""


@pytest.mark.services
def test_migrating_half_way_and_back_leaves_tables_alone_that_are_not_as_they_are_now(
    transactional_db: None, tmp_path: Path
) -> None:
    with empty_database() as own:
        known = {"DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}"} | own
        output = manage("shell", "-v0", "-c", BACK_AND_FORTH, environment=environment_of(**known))
    assert output == "13 13\n"


# --- An installation that is there already
# ------------------------------------------------------------------------
def load() -> str:
    output = io.StringIO()
    call_command("load_catalogue", stdout=output)
    return output.getvalue().strip()


@pytest.fixture
def before(db: None, request: pytest.FixtureRequest) -> None:
    """A database without a catalogue, as an old release has it."""
    RequestType.objects.all().delete()
    request.getfixturevalue("rewritable_histories")
    forget_history()


def forget_history() -> None:
    RequestType.history.model._base_manager.all().delete()


def test_it_says_what_it_added(before: None) -> None:
    assert [load(), load()] == ["Request types added: 13.", "Request types added: 0."]


def test_every_type_is_published(db: None) -> None:
    for request_type in RequestType.objects.all():
        assert (request_type.version, request_type.history.count()) == (1, 1)
        assert (len(request_type.form), len(request_type.limits)) == (
            request_type.fields.count(),
            request_type.milestones.count(),
        )
        assert request_type.limits[0]["name"] == "acknowledged"
        assert request_type.limits[-1]["name"] == "resolved"


def test_it_adds_fields_and_limits_to_an_older_type(before: None) -> None:
    RequestType.objects.create(
        code="new_connection",
        name="Our connections",
        description="Ours",
        safety_instructions="Ours too",
    )
    forget_history()
    assert load() == "Request types added: 13."
    request_type = RequestType.objects.get(code="new_connection")
    assert (request_type.name, request_type.description, request_type.safety_instructions) == (
        "Our connections",
        "Ours",
        "Ours too",
    )
    assert (request_type.version, request_type.history.count(), request_type.needs_approval) == (
        1,
        1,
        True,
    )
    assert [limit["name"] for limit in request_type.limits] == [
        "acknowledged",
        "site_visit",
        "decision",
        "resolved",
    ]
    assert request_type.calendar is not None
    assert request_type.form


def test_requests_from_before_the_upgrade_still_work(customer: User, support: User) -> None:
    RequestType.objects.create(code="old_fashioned", name="Of before")
    obj = requests.submit(
        actor=Actor(customer), request_type="old_fashioned", description="Please come"
    )
    load()
    requests.hold(obj.pk, actor=Actor(support))
    requests.resume(obj.pk, actor=Actor(support))
    requests.resolve(obj.pk, actor=Actor(support))
    obj.refresh_from_db()
    assert (obj.schema_version, obj.milestones, obj.due_at, obj.status) == (0, [], None, "resolved")


def test_it_leaves_changes_of_managers(db: None) -> None:
    request_type = RequestType.objects.get(code="new_connection")
    request_type.fields.all().delete()
    RequestType.objects.filter(pk=request_type.pk).update(name="Ours", is_active=False)
    verbs.publish(request_type.pk, actor=SYSTEM)
    load()
    request_type.refresh_from_db()
    assert (request_type.name, request_type.is_active, request_type.form, request_type.version) == (
        "Ours",
        False,
        [],
        2,
    )


def test_it_adds_a_missing_type(db: None) -> None:
    RequestType.objects.get(code="name_transfer").delete()
    assert load() == "Request types added: 1."
    assert RequestType.objects.get(code="name_transfer").form


def test_it_leaves_a_changed_calendar(db: None) -> None:
    Calendar.objects.update(monday="10:00-11:00")
    RequestType.objects.get(code="name_transfer").delete()
    load()
    assert [calendar.monday for calendar in Calendar.objects.all()] == ["10:00-11:00"]
