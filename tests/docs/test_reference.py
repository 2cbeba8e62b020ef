"""The tables of the documentation that come from the code are current and complete."""

from types import ModuleType

import pytest

from tests.support.documentation import load_generator


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    return load_generator()


def test_it_is_current(reference: ModuleType) -> None:
    stale = [str(page.relative_to(reference.PAGES)) for page in reference.stale_pages()]
    assert stale == [], "Run `make docs` and commit what it changes."


def test_every_table_is_on_a_page(reference: ModuleType) -> None:
    used = {
        name
        for page in reference.PAGES.rglob("*.md")
        for _, name, _ in reference.BLOCK.findall(page.read_text(encoding="utf-8"))
    }
    assert used == set(reference.TABLES)


def test_every_setting_is_described(reference: ModuleType) -> None:
    declared = set(reference.declared_settings())
    assert {"SECRET_KEY", "DATABASE_URL", "REGISTER_LIMIT", "SUPPORT_AUTO_APPROVE"} <= declared
    described = [name for group in reference.REFERENCE["settings"] for name in group["names"]]
    assert sorted(described) == sorted(declared)


def test_every_problem_type_is_described(reference: ModuleType) -> None:
    assert set(reference.REFERENCE["problems"]) == {
        item.code for item in reference.problem_classes()
    }


def test_every_code_of_our_own_errors_is_described(reference: ModuleType) -> None:
    assert (
        {"missing", "taken", "unknown_type"}
        <= reference.raised_codes()
        <= set(reference.REFERENCE["codes"])
    )


def test_params_belong_to_codes(reference: ModuleType) -> None:
    params = reference.REFERENCE["code_params"]
    assert params.keys() <= reference.REFERENCE["codes"].keys()
    assert "| `string_too_long` | The text is too long. | `max` |" in reference.error_codes()
    assert "| `missing` | The field is required. |  |" in reference.error_codes()


def test_every_event_and_notice_is_described(reference: ModuleType) -> None:
    from gasutil.models import Event, Notice

    assert set(reference.REFERENCE["events"]) == set(Event.values)
    assert set(reference.REFERENCE["notices"]) == set(Notice.values)


def test_every_call_is_described(reference: ModuleType) -> None:
    assert set(reference.REFERENCE["calls"]) == set(reference.declared_calls())
