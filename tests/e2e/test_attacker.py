"""A customer writes scripts into every field: no browser runs them.

Also, users without permission try every address.
"""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page, expect

from gasutil.models import Attachment, ServiceRequest, User
from tests.support import pages
from tests.support.api import Api
from tests.support.browser import show
from tests.support.files import picture
from tests.support.pages import MANAGERS_ONLY, addresses_of, everything
from tests.support.people import PASSWORD
from tests.support.request_types import make_type

pytestmark = pytest.mark.e2e
# Out of text, out of an attribute of either kind, out of a script, and as Alpine and htmx would
# have it.
ATTACK = (
    '</title></textarea></script><script>hacked()</script><img data-hacked src=x onerror=hacked()>"'
    ' autofocus onfocus=hacked() x-init="hacked()" data-hacked=\'\' \' x-data="hacked()"'
    ' hx-on:load="hacked()" `${hacked()}` {{ 7|add:7 }} '
)
SHORT = "<b data-hacked x-init='hacked()'>\"'`"
FILE_NAME = f"{SHORT} onerror=hacked() .jpg"
CANARY = "window.runs = 0; window.hacked = () => { window.runs += 1; };"


@pytest.fixture
def attack(db: None, anyone: Api) -> ServiceRequest:
    """The objects that the attacker has filled with scripts."""
    make_type(
        "survey",
        fields=[{"name": "street", "kind": "short_text"}, {"name": "more", "kind": "long_text"}],
        limits={"resolved": 60},
    )
    for number, role in enumerate(("customer", "support")):
        person = {
            "username": f"attacker{number}",
            "password": PASSWORD,
            "password2": PASSWORD,
            "email": f"o'hara+{number}@example.com",
            "first_name": SHORT,
            "last_name": ATTACK[:150],
            "phone_number": "+917890123456",
            "address": ATTACK,
            "user_type": role,
        }
        answer = anyone.post("register/", person)
        assert answer.status_code == 201, answer.json()
    user = User.objects.get(username="attacker0")
    api = Api(user)
    details = {"street": ATTACK[:150], "more": ATTACK}
    for _ in range(2):  # two alike, so that the second is shown as a likely duplicate
        filed = api.post(
            "requests/",
            {
                "request_type": "survey",
                "description": ATTACK,
                "address": ATTACK,
                "details": details,
            },
        )
        assert filed.status_code == 201, filed.json()
    pk = filed.json()["id"]
    assert (
        api.post(f"requests/{pk}/comments/", {"notes": f"A comment: {ATTACK}"}).status_code == 201
    )
    file = SimpleUploadedFile(FILE_NAME, picture(), "image/jpeg")
    assert api.send(f"requests/{pk}/attachments/", file=file).status_code == 201
    assert Attachment.objects.exists()
    return ServiceRequest.objects.get(pk=pk)


def test_nothing_of_it_runs(
    attack: ServiceRequest, page: Page, manager: User, let_in: Callable[[User], None]
) -> None:
    page.add_init_script(CANARY)
    let_in(manager)
    for seen in [*pages.console(manager), *searches(attack)]:
        show(page, seen)
        page.wait_for_load_state()
        assert page.evaluate("window.runs") == 0, seen
        assert page.locator("[data-hacked]").count() == 0, seen
        assert "14 " not in page.title()
    page.goto(f"/admin/gasutil/servicerequest/{attack.pk}/change/")
    expect(page.locator(".description").first).to_contain_text("<script>hacked()</script>")
    expect(page.locator(".line", has_text="A comment:")).to_contain_text(
        "<script>hacked()</script>"
    )
    expect(page.locator(".files")).to_contain_text(
        "b data-hacked x-init='hacked()'.jpg"
    )  # up to its quotation mark, and without what no file system takes


def searches(attack: ServiceRequest) -> list[pages.Seen]:
    """Return lists that repeat what was asked for, and the request's own page."""
    result = ["servicerequest", "user", "requestupdate", "incident"]
    lists = [
        pages.Seen(
            name=f"search-{name}",
            path=f"/admin/gasutil/{name}/?q=%22%3E%3Cimg+data-hacked+src%3Dx+onerror%3Dhacked%28%29%3E",
        )
        for name in result
    ]
    return [
        *lists,
        pages.Seen(name="ticket", path=f"/admin/gasutil/servicerequest/{attack.pk}/change/"),
    ]


def test_no_address_does_anything_by_being_opened(
    attack: ServiceRequest, page: Page, manager: User, let_in: Callable[[User], None]
) -> None:
    let_in(manager)
    before = everything()
    for address in pages.addresses():
        if address.name not in ("login", "logout"):
            assert page.request.get(address.path, max_redirects=0).status < 500, address
    assert everything() == before


@pytest.mark.parametrize("who", ["customer", "pending", "support"])
def test_addresses_of_other_roles_stay_closed(
    who: str,
    attack: ServiceRequest,
    page: Page,
    request: pytest.FixtureRequest,
    let_in: Callable[[User], None],
) -> None:
    let_in(request.getfixturevalue(who))
    shut = (
        addresses_of(*MANAGERS_ONLY)
        if who == "support"
        else [
            address
            for address in pages.addresses()
            if address.name not in ("login", "logout", "jsi18n")
        ]
    )
    answers = {door.path: page.request.get(door.path, max_redirects=0) for door in shut}
    assert {
        path: answer.status
        for path, answer in answers.items()
        if answer.status not in (302, 403, 404, 405)
    } == {}
    assert len(answers) > 10
    page.goto(
        f"/admin/gasutil/servicerequest/{attack.pk}/change/"
        if who != "support"
        else "/admin/gasutil/requesttype/"
    )
    expect(page.get_by_text(ATTACK[:20])).to_have_count(0)
    expect(page.locator("#result_list, #composer")).to_have_count(0)
