"""A manager makes a request type in the console; from that moment on customers file it, by a client made of today's document.

Two server processes on one database: what one of them saves, the other knows, and neither is started again.
"""

import datetime as dt
import importlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from project.settings import BASE_DIR

pytestmark = pytest.mark.e2e
BIN = Path(sys.executable).parent
PATIENCE = 60  # seconds
MANAGER = "root", "Blue-Flame-2026"
CUSTOMER = {
    "username": "anshu_singh",
    "password": "CustomerGas@2024",
    "password2": "CustomerGas@2024",
    "email": "anshu.singh@gmail.com",
    "first_name": "Anshu",
    "last_name": "Singh",
    "phone_number": "+917890123456",
    "address": "Flat 302, Sunrise Apartments, Koramangala, Bengaluru - 560095",
}
FIELDS: list[dict[str, Any]] = [
    {"name": "street", "label": "Which street?", "kind": "short_text", "is_required": True, "maximum": 40},
    {"name": "metres", "label": "How long is the trench?", "kind": "decimal", "unit": "m", "minimum": 0},
    {"name": "workers", "label": "How many people dig?", "kind": "whole_number", "minimum": 1, "maximum": 50},
    {"name": "machine", "label": "Is there a digger?", "kind": "yes_no"},
    {
        "name": "size",
        "label": "How big is the digger?",
        "kind": "one_of",
        "choices": "small: Small\nlarge: Large",
        "shown_if": "machine",
        "shown_if_value": "true",
    },
    {"name": "surfaces", "label": "What is dug up?", "kind": "several_of", "choices": "lawn: Lawn\nroad: Road\npath: Path"},
    {"name": "from_day", "label": "From which day on?", "kind": "date"},
]


@dataclass(frozen=True)
class Desk:
    """Two servers on one database."""

    urls: tuple[str, str]
    servers: tuple["subprocess.Popen[bytes]", ...]

    def is_running(self) -> bool:
        """Return whether each server is the process that was started first."""
        return all(server.poll() is None for server in self.servers)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The desk as it is after its first start, without demonstration data, served by two processes."""
    ports = free_port(), free_port()
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")} | {
        "SECRET_KEY": "s" * 40,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "MEDIA_ROOT": str(tmp_path),
        "DJANGO_SUPERUSER_USERNAME": MANAGER[0],
        "DJANGO_SUPERUSER_PASSWORD": MANAGER[1],
    }
    for command in (
        ["migrate"],
        ["load_catalogue"],
        ["collectstatic", "--noinput"],
        ["createsuperuser", "--noinput", "--email", "root@example.com"],
    ):
        subprocess.run([sys.executable, "manage.py", *command, "-v0"], cwd=BASE_DIR, env=environment, check=True)
    server = [sys.executable, "-m", "granian", "--interface", "asginl", "--no-access-log", "--log-level", "warning"]
    static = ["--static-path-route", "/static", "--static-path-mount", str(BASE_DIR / "var" / "static")]
    started = tuple(
        subprocess.Popen(
            [*server, *static, "--port", str(port), "project.asgi:application"], cwd=BASE_DIR, env=environment | {"PORT": str(port)}
        )
        for port in ports
    )
    try:
        for port in ports:
            wait_for(f"http://127.0.0.1:{port}/api/v1/request-types/")
        yield Desk((f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}"), started)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(PATIENCE)


def wait_for(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(f"{url} does not answer.")


def generate_client(url: str, folder: Path) -> Any:
    """Return the module of a client generated from the document of now."""
    (folder / "config.yml").write_text("post_hooks: []\npackage_name_override: fresh_client\n")
    options = ["--url", f"{url}/api/v1/openapi.json", "--config", "config.yml", "--meta", "none", "--output-path", "fresh_client"]
    subprocess.run([BIN / "openapi-python-client", "generate", *options, "--fail-on-warning"], cwd=folder, check=True)
    return importlib.import_module("fresh_client")


def make_type(page: Page, url: str) -> None:
    """Log in as the manager and make the type, field by field, as somebody does who has never seen the page."""
    page.goto(f"{url}/admin/login/")
    page.get_by_label("Username").fill(MANAGER[0])
    page.get_by_label("Password").fill(MANAGER[1])
    page.get_by_role("button", name="Log in").click()
    page.goto(f"{url}/admin/gasutil/requesttype/add/")
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
        pair = tokens.sync(client=anyone, body=models.Credentials(CUSTOMER["username"], CUSTOMER["password"]))
    return str(pair.access)


def file_requests(url: str, folder: Path) -> int:
    """File a request of the new type by a client made of today's document, then a wrong one; return the id of the first."""
    client = generate_client(url, folder)
    models = importlib.import_module("fresh_client.models")
    create = importlib.import_module("fresh_client.api.requests.create_request")
    details = models.StreetWorksDetails(
        street="MG Road",
        metres=12.5,
        workers=4,
        machine=True,
        size=models.StreetWorksDetailsSize.LARGE,
        surfaces=[models.StreetWorksDetailsSurfacesItem.ROAD, models.StreetWorksDetailsSurfacesItem.PATH],
        from_day=dt.date(2026, 12, 1),
    )
    with client.AuthenticatedClient(url, register(client, url)) as customer:
        filed = create.sync(client=customer, body=models.StreetWorksSubmission("street_works", "They dig near the main", details))
        assert isinstance(filed, models.ServiceRequest), filed
        assert filed.resolve_by - filed.created_at == dt.timedelta(minutes=2880)
        wrong = models.StreetWorksDetails.from_dict({"street": "", "workers": 51, "size": "large"})
        refused = create.sync(client=customer, body=models.StreetWorksSubmission("street_works", "x", wrong))
        assert isinstance(refused, models.Problem), refused
    assert {fault.field: fault.code for fault in refused.errors} == {
        "details.street": "string_too_short",
        "details.workers": "less_than_equal",
        "details.size": "not_asked",
    }
    return int(filed.id)


def test_it_is_in_force_as_soon_as_it_is_saved(desk: Desk, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    console, other = desk.urls
    make_type(page, console)

    monkeypatch.syspath_prepend(tmp_path)
    pk = file_requests(other, tmp_path)

    page.goto(f"{other}/admin/gasutil/servicerequest/{pk}/change/")
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
