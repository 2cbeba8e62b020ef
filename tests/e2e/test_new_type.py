"""A manager makes a request type, and customers file it with a newly generated client.

Two server processes share one database, and neither is restarted.
"""

import datetime as dt
import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from gasutil.models import User
from tests.support.browser import CUSTOMER
from tests.support.servers import Server

pytestmark = pytest.mark.e2e
BIN = Path(sys.executable).parent
FIELDS: list[dict[str, Any]] = [
    {
        "name": "street",
        "label": "Which street?",
        "kind": "short_text",
        "is_required": True,
        "maximum": 40,
    },
    {
        "name": "metres",
        "label": "How long is the trench?",
        "kind": "decimal",
        "unit": "m",
        "minimum": 0,
    },
    {
        "name": "workers",
        "label": "How many people dig?",
        "kind": "whole_number",
        "minimum": 1,
        "maximum": 50,
    },
    {"name": "machine", "label": "Is there a digger?", "kind": "yes_no"},
    {
        "name": "size",
        "label": "How big is the digger?",
        "kind": "one_of",
        "choices": "small: Small\nlarge: Large",
        "shown_if": "machine",
        "shown_if_value": "true",
    },
    {
        "name": "surfaces",
        "label": "What is dug up?",
        "kind": "several_of",
        "choices": "lawn: Lawn\nroad: Road\npath: Path",
    },
    {"name": "from_day", "label": "From which day on?", "kind": "date"},
]


def generate_client(url: str, folder: Path) -> Any:
    """Return the module of a client generated from the current document."""
    (folder / "config.yml").write_text("post_hooks: []\npackage_name_override: fresh_client\n")
    options = [
        "--url",
        f"{url}/api/v1/openapi.json",
        "--config",
        "config.yml",
        "--meta",
        "none",
        "--output-path",
        "fresh_client",
    ]
    subprocess.run(
        [BIN / "openapi-python-client", "generate", *options, "--fail-on-warning"],
        cwd=folder,
        check=True,
    )
    return importlib.import_module("fresh_client")


def make_type(page: Page) -> None:
    """Make the type, field by field."""
    page.goto("/admin/gasutil/requesttype/add/")
    page.locator("#id_name").fill("Street works")
    page.locator("#id_code").fill("street_works")
    for number, field in enumerate(FIELDS):
        add_row(page, "fields", number, field)
    add_row(page, "milestones", 0, {"name": "acknowledged", "label": "Acknowledged", "minutes": 60})
    add_row(page, "milestones", 1, {"name": "resolved", "label": "Resolved", "minutes": 2880})
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("version 1")).to_be_visible()


def add_row(page: Page, rows: str, number: int, values: dict[str, Any]) -> None:
    """Add a row and fill it in."""
    page.locator(f"#{rows}-group .add-row a, #{rows}-group .add-row button").first.click()
    for name, value in values.items():
        put(page.locator(f"#id_{rows}-{number}-{name}"), value)


def put(control: Locator, value: Any) -> None:
    """Give a control a value, whatever kind it is."""
    if control.evaluate("node => node.tagName") == "SELECT":
        control.select_option(value)
    elif isinstance(value, bool):
        control.set_checked(value)
    else:
        control.fill(str(value))


def register(client: Any, url: str) -> str:
    """Register a customer and return an access token."""
    accounts = importlib.import_module("fresh_client.api.accounts.register")
    tokens = importlib.import_module("fresh_client.api.tokens.login")
    models = importlib.import_module("fresh_client.models")
    with client.Client(url) as anyone:
        accounts.sync(client=anyone, body=models.Registration.from_dict(CUSTOMER))
        pair = tokens.sync(
            client=anyone, body=models.Credentials(CUSTOMER["username"], CUSTOMER["password"])
        )
    return str(pair.access)


def file_requests(url: str, folder: Path) -> int:
    """File a request of the new type by a generated client, then an invalid one.

    Return the ID of the first.
    """
    client = generate_client(url, folder)
    models = importlib.import_module("fresh_client.models")
    create = importlib.import_module("fresh_client.api.requests.create_request")
    details = models.StreetWorksDetails(
        street="MG Road",
        metres=12.5,
        workers=4,
        machine=True,
        size=models.StreetWorksDetailsSize.LARGE,
        surfaces=[
            models.StreetWorksDetailsSurfacesItem.ROAD,
            models.StreetWorksDetailsSurfacesItem.PATH,
        ],
        from_day=dt.date(2026, 12, 1),
    )
    with client.AuthenticatedClient(url, register(client, url)) as customer:
        filed = create.sync(
            client=customer,
            body=models.StreetWorksSubmission("street_works", "They dig near the main", details),
        )
        assert isinstance(filed, models.ServiceRequest), filed
        assert filed.resolve_by - filed.created_at == dt.timedelta(minutes=2880)
        wrong = models.StreetWorksDetails.from_dict({"street": "", "workers": 51, "size": "large"})
        refused = create.sync(
            client=customer, body=models.StreetWorksSubmission("street_works", "x", wrong)
        )
        assert isinstance(refused, models.Problem), refused
    assert {error.field: error.code for error in refused.errors} == {
        "details.street": "string_too_short",
        "details.workers": "less_than_equal",
        "details.size": "not_asked",
    }
    return int(filed.id)


def test_it_applies_as_soon_as_it_is_saved(
    desk: Server,
    other_desk: Server,
    log_in: Callable[[User], Page],
    manager: User,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = log_in(manager)
    make_type(page)

    monkeypatch.syspath_prepend(tmp_path)
    pk = file_requests(other_desk.url, tmp_path)

    page.goto(f"{other_desk.url}/admin/gasutil/servicerequest/{pk}/change/")
    for label, answer in {
        "Which street?": "MG Road",
        "How long is the trench?": "12.5 m",
        "How many people dig?": "4",
        "Is there a digger?": "Yes",
        "How big is the digger?": "Large",
        "What is dug up?": "Road, Path",
        "From which day on?": "01 Dec 2026",
    }.items():
        expect(page.locator("dl > div", has_text=label).locator("dd")).to_have_text(answer)
    assert desk.is_running()
    assert other_desk.is_running()
