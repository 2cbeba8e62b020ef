"""The choices of a filter while typing: only of the filter's own column, of no other relation."""

from urllib.parse import urlencode

import pytest
from django.apps import apps

from tests.support.console import Browser
from tests.support.hostile_input import HOSTILE

CHOSEN = {("delivery", "user"), ("requestupdate", "history_user"), ("securityevent", "user")}


def test_choices_are_found_for_the_columns_of_filters_alone(visitors: list[Browser]) -> None:
    agent, manager, root = visitors
    result = []
    for model in apps.get_models():
        for name in ("no_column", *(field.name for field in model._meta.get_fields())):
            about = {
                "app_label": model._meta.app_label,
                "model_name": model._meta.model_name,
                "field_name": name,
            }
            status = root.get("/admin/autocomplete/", about).status_code
            assert status in (200, 403), about
            result += [about] if status == 200 else []
    assert {(about["model_name"], about["field_name"]) for about in result} == CHOSEN
    assert {manager.get("/admin/autocomplete/", about).status_code for about in result} == {200}
    assert {agent.get("/admin/autocomplete/", about).status_code for about in result} == {403}


@pytest.mark.parametrize("name", ["app_label", "model_name", "field_name", "term", "page"])
def test_no_value_of_the_choices_is_a_server_error(name: str, visitors: list[Browser]) -> None:
    about = {"app_label": "gasutil", "model_name": "delivery", "field_name": "user"}
    for client in visitors:
        for value in HOSTILE.values():
            answer = client.get(
                f"/admin/autocomplete/?{urlencode(about | {name: value}, doseq=True)}"
            )
            assert answer.status_code in (200, 403, 404), value
