"""An emergency type accepts every report.

It has no required question, and the default emergency types can't be switched off.
"""

from typing import Any

import pytest
from django.test import Client

from gasutil.access import SYSTEM
from gasutil.errors import Invalid
from gasutil.models import RequestField, RequestType, User
from gasutil.workflow import catalogue
from gasutil.workflow.default_types import repair_emergency_types
from tests.support.request_types import make_type

DEFAULTS = ["gas_leak_inspection", "third_party_damage"]


def problems(code: str) -> list[str]:
    with pytest.raises(Invalid) as raised:
        catalogue.publish(RequestType.objects.get(code=code).pk, actor=SYSTEM)
    return [error.field for error in raised.value.errors]


@pytest.mark.django_db
@pytest.mark.parametrize("code", DEFAULTS)
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"is_active": False}, "is_active"),
        ({"is_emergency": False, "priority": "low"}, "is_emergency"),
    ],
)
def test_a_deerror_one_cannot_be_switched_off(
    code: str, values: dict[str, Any], field: str
) -> None:
    RequestType.objects.filter(code=code).update(**values)
    assert problems(code) == [field]


@pytest.mark.django_db
def test_it_cannot_have_a_required_question() -> None:
    RequestField.objects.filter(request_type__code="gas_leak_inspection", name="location").update(
        is_required=True
    )
    assert problems("gas_leak_inspection") == ["is_required"]


@pytest.mark.django_db
def test_a_type_with_a_required_question_cannot_become_one() -> None:
    make_type("smell", fields=[{"name": "where", "is_required": True}])
    RequestType.objects.filter(code="smell").update(priority="emergency")
    assert problems("smell") == ["is_required"]


@pytest.mark.django_db
def test_its_priority_and_the_fact_go_together() -> None:
    request_type = make_type("smell", priority="emergency")
    assert (request_type.is_emergency, request_type.priority) == (True, "emergency")
    request_type = make_type("odour", is_emergency=True)
    assert (request_type.is_emergency, request_type.priority) == (True, "emergency")


@pytest.mark.django_db
@pytest.mark.parametrize("code", DEFAULTS)
def test_an_upgrade_repairs_what_an_earlier_release_allowed(
    code: str, api: Any, customer: User
) -> None:
    RequestField.objects.filter(request_type__code=code).update(is_required=True)
    form = [
        {**question, "is_required": True} for question in RequestType.objects.get(code=code).form
    ]
    RequestType.objects.filter(code=code).update(
        is_active=False, is_emergency=False, priority="low", form=form
    )
    repair_emergency_types()
    request_type = RequestType.objects.get(code=code)
    assert (request_type.is_active, request_type.is_emergency, request_type.priority) == (
        True,
        True,
        "emergency",
    )
    assert not any(question.get("is_required") for question in request_type.form)
    version = request_type.version
    repair_emergency_types()
    assert RequestType.objects.get(code=code).version == version
    answer = api(customer).post("requests/", {"request_type": code, "description": "It smells"})
    assert (answer.status_code, answer.json().get("warnings")) == (201, None)


@pytest.mark.django_db
@pytest.mark.parametrize("lost", [["is_active"], ["is_emergency"]])
def test_the_console_says_why(lost: list[str], client: Client, manager: User) -> None:
    client.force_login(manager)
    request_type = RequestType.objects.get(code="gas_leak_inspection")
    address = f"/admin/gasutil/requesttype/{request_type.pk}/change/"
    page = client.get(address)
    data = {
        f"{form.prefix}-{name}" if form.prefix else name: form.get_initial_for_field(field, name)
        for form in [
            page.context["adminform"].form,
            *(f for s in page.context["inline_admin_formsets"] for f in s.formset.forms),
        ]
        for name, field in form.fields.items()
    }
    for formset in page.context["inline_admin_formsets"]:
        management = formset.formset.management_form
        data |= {f"{management.prefix}-{name}": value for name, value in management.initial.items()}
    data = {
        name: "on" if value is True else value
        for name, value in data.items()
        if value not in (None, False)
    }
    if lost == ["is_emergency"]:
        data["priority"] = "low"
    page = client.post(address, {name: value for name, value in data.items() if name not in lost})
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == lost
    request_type.refresh_from_db()
    assert (request_type.is_active, request_type.is_emergency) == (True, True)
