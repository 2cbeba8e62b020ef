from io import StringIO

import pytest
from django.core.management import call_command

from gasutil.access import SYSTEM
from gasutil.details import form_faults
from gasutil.models import MilestoneLimit, Priority, RequestType
from gasutil.workflow import catalogue as verbs

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


def test_it_loads_what_is_promised(catalogue: None) -> None:
    assert set(RequestType.objects.values_list("code", flat=True)) == SHIPPED


def test_every_type_is_sound_and_described(catalogue: None) -> None:
    for kind in RequestType.objects.all():
        kind.full_clean()
        assert kind.description


@pytest.mark.parametrize("code", ["gas_leak_inspection", "third_party_damage"])
def test_an_emergency_says_whom_to_call_and_what_to_do(catalogue: None, code: str) -> None:
    kind = RequestType.objects.get(code=code)
    assert (kind.is_emergency, kind.priority) == (True, Priority.EMERGENCY)
    assert "number 1906" in kind.safety_instructions
    assert "\n1. " in kind.safety_instructions


def test_nothing_else_is_an_emergency(catalogue: None) -> None:
    assert set(RequestType.objects.filter(priority=Priority.EMERGENCY)) == set(RequestType.objects.filter(is_emergency=True))
    assert RequestType.objects.filter(is_emergency=True).count() == 2


def test_every_safety_text_says_that_it_is_a_sample(catalogue: None) -> None:
    texts = RequestType.objects.exclude(safety_instructions="").values_list("safety_instructions", flat=True)
    assert all(text.startswith("SAMPLE TEXT, to be approved by the operator.\n\n") for text in texts)


def test_every_type_has_a_form_that_works_and_limits_with_a_source(catalogue: None) -> None:
    for kind in RequestType.objects.all():
        assert form_faults(kind.form) == []
        assert kind.form or kind.code == "new_connection"
        assert [limit["name"] for limit in kind.limits][:: len(kind.limits) - 1] == ["acknowledged", "resolved"]
        assert kind.version == 1
    assert not MilestoneLimit.objects.filter(source="").exists()


@pytest.mark.parametrize("code", ["gas_leak_inspection", "third_party_damage", "new_connection"])
def test_the_contracts_examples_need_no_answer(catalogue: None, code: str) -> None:
    assert not [one for one in RequestType.objects.get(code=code).form if one.get("is_required") and not one.get("shown_if")]


def test_a_second_time_it_leaves_alone_what_managers_have_made_of_it(catalogue: None) -> None:
    kind = RequestType.objects.get(code="no_supply")
    kind.fields.all().delete()
    kind.milestones.filter(name="acknowledged").update(minutes=7)
    published = verbs.publish(kind.pk, actor=SYSTEM)
    call_command("load_catalogue", stdout=StringIO())
    kind.refresh_from_db()
    assert (kind.version, kind.form, kind.limits) == (2, [], published.limits)
    assert RequestType.objects.count() == len(SHIPPED)


def test_it_gives_questions_and_limits_to_the_types_of_an_older_installation(db: None) -> None:
    ours = {
        "code": "gas_leak_inspection",
        "name": "Leak!",
        "description": "Our words",
        "safety_instructions": "Our text",
        "is_emergency": True,
    }
    RequestType.objects.create(**ours, priority=Priority.EMERGENCY)
    call_command("load_catalogue", stdout=StringIO())
    kind = RequestType.objects.get(code="gas_leak_inspection")
    assert {name: getattr(kind, name) for name in ours} == ours
    assert kind.version == 1
    assert kind.form
    assert [limit["minutes"] for limit in kind.limits] == [5, 60, 120, 720]
