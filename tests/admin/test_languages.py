"""The language of the console, the API and mails."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from gasutil.access import Actor
from gasutil.models import BulkRow, ServiceRequest, User
from gasutil.workflow import incidents, requests
from tests.support.api import Api

QUEUE = "/admin/gasutil/servicerequest/"


def test_the_console_is_in_hindi_for_users_who_chose_it(
    support: User, leak: ServiceRequest, console: Callable[..., Any]
) -> None:
    client = console(support)
    assert 'lang="en"' in client.get(QUEUE).content.decode()
    assert client.post("/language/", {"language": "hi", "next": QUEUE})["Location"] == QUEUE
    page = client.get(QUEUE).content.decode()
    assert 'lang="hi"' in page
    assert "प्रतीक्षा में" in page  # pending
    assert 'value="hi"' in page  # the way back


def test_a_choice_is_kept_in_the_account(support: User, console: Callable[..., Any]) -> None:
    client = console(support)
    client.get("/language/?language=hi")
    client.post("/language/", {"language": "xx"})
    assert User.objects.get(pk=support.pk).language == "en"
    client.post("/language/", {"language": "hi"})
    stored = User.objects.get(pk=support.pk)
    assert stored.language == "hi"
    assert stored.history.latest().history_change_reason == "Profile changed"
    assert 'lang="hi"' in console(stored).get(QUEUE).content.decode()  # in another browser


def test_a_choice_without_a_login_is_stored_in_the_browser(db: None) -> None:
    client = Client()
    assert client.post("/language/", {"language": "hi"}).status_code == 302
    assert client.cookies["django_language"].value == "hi"


@pytest.mark.parametrize(
    ("path", "text"), [("/nothing/", "यहाँ कुछ नहीं है"), ("/admin/login/", "फिर से स्वागत है")]
)
def test_without_a_login_the_language_is_the_browsers(path: str, text: str, db: None) -> None:
    assert (
        text in Client().get(path, headers={"Accept-Language": "hi-IN,hi;q=0.9"}).content.decode()
    )
    assert text not in Client().get(path, headers={"Accept-Language": "fr"}).content.decode()


def test_without_a_cookie_the_account_decides(support: User, console: Callable[..., Any]) -> None:
    User.objects.filter(pk=support.pk).update(language="hi")
    client = console(support)
    assert 'lang="hi"' in client.get(QUEUE).content.decode()
    client.cookies["django_language"] = "en"
    assert 'lang="en"' in client.get(QUEUE).content.decode()


def test_the_api_follows_the_header_and_no_cookie(customer: User, leak: ServiceRequest) -> None:
    api = Api(customer)
    api.client.cookies["django_language"] = "hi"
    in_english = api("PATCH", "profile/", {"email": "nobody"})
    assert in_english.json()["errors"][0]["message"].isascii()
    assert api.get("requests/0/").json()["detail"] == "Not found."
    in_hindi = api("PATCH", "profile/", {"email": "nobody"}, Accept_Language="hi")
    assert not in_hindi.json()["errors"][0]["message"].isascii()
    assert in_hindi.headers["Content-Language"] == "hi"


def test_scripts_are_translated(db: None) -> None:
    client = Client()
    client.cookies["django_language"] = "hi"
    answer = client.get("/admin/texts.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "\\u0926\\u0947\\u0930" in answer.content.decode()  # over


def test_an_error_is_in_the_readers_language_in_the_console_and_in_the_api(
    support: User, leak: ServiceRequest, console: Callable[..., Any]
) -> None:
    requests.hold(leak.pk, actor=Actor(support))
    client = console(support)
    client.cookies["django_language"] = "hi"
    message = client.verb(leak, "hold").content.decode()
    assert (
        f"{leak.reference} की स्थिति रोका गया है" in message
    )  # with the status called as the console calls it
    path, body = f"requests/{leak.pk}/", {"status": "pending"}
    in_hindi = Api(support)("PATCH", path, body, Accept_Language="hi")
    assert f"{leak.reference} की स्थिति on_hold है" in in_hindi.json()["detail"]
    answer = Api(support)("PATCH", path, body)
    assert answer.status_code == 409
    assert (
        answer.json()["detail"]
        == f"{leak.reference} is on_hold and can't become pending. Allowed: in_progress, resolved,"
        " cancelled."
    )


def test_a_bulk_run_stores_english(
    support: User, leak: ServiceRequest, console: Callable[..., Any]
) -> None:
    requests.hold(leak.pk, actor=Actor(support))
    client = console(support)
    client.cookies["django_language"] = "hi"
    asked = client.post(
        QUEUE, {"action": "bulk_hold", "select_across": "0", "_selected_action": [leak.pk]}
    )
    assert (
        "नहीं हो सकती" in client.get(asked["Location"]).content.decode()
    )  # the preview is in Hindi
    client.post(asked["Location"].replace("/change/", "/run/"), {"_form_submitted": "on"})
    assert "can't become on_hold" in BulkRow.objects.get().reason


def test_reasons_of_changes_are_stored_in_english(manager: User, leak: ServiceRequest) -> None:
    with translation.override("hi"):
        incident = incidents.open_incident(
            actor=Actor(manager), title="Main broken", reports=[leak.pk]
        )
    assert incident.history.get().history_change_reason == "Opened"


def test_a_form_is_in_the_readers_language(manager: User, console: Callable[..., Any]) -> None:
    client = console(manager)
    client.cookies["django_language"] = "hi"
    page = client.get("/admin/gasutil/webhook/add/").content.decode()
    assert "स्थिति बदली <code>request.status_changed</code>" in page
