"""In which language somebody is spoken to."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from gasutil.models import ServiceRequest, User
from tests.conftest import Api

QUEUE = "/admin/gasutil/servicerequest/"


def test_the_console_is_in_hindi_for_whoever_has_chosen_it(support: User, leak: ServiceRequest, console: Callable[..., Any]) -> None:
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
    kept = User.objects.get(pk=support.pk)
    assert kept.language == "hi"
    assert kept.history.latest().history_change_reason == "Profile changed"
    assert 'lang="hi"' in console(kept).get(QUEUE).content.decode()  # in another browser


def test_a_strangers_choice_is_the_browsers_alone(db: None) -> None:
    client = Client()
    assert client.post("/language/", {"language": "hi"}).status_code == 302
    assert client.cookies["django_language"].value == "hi"


@pytest.mark.parametrize(("path", "said"), [("/nothing/", "यहाँ कुछ नहीं है"), ("/admin/login/", "फिर से स्वागत है")])
def test_strangers_are_spoken_to_as_their_browser_asks(path: str, said: str, db: None) -> None:
    assert said in Client().get(path, headers={"Accept-Language": "hi-IN,hi;q=0.9"}).content.decode()
    assert said not in Client().get(path, headers={"Accept-Language": "fr"}).content.decode()


def test_the_account_says_what_no_cookie_says(support: User, console: Callable[..., Any]) -> None:
    User.objects.filter(pk=support.pk).update(language="hi")
    client = console(support)
    assert 'lang="hi"' in client.get(QUEUE).content.decode()
    client.cookies["django_language"] = "en"
    assert 'lang="en"' in client.get(QUEUE).content.decode()


def test_the_api_speaks_english_to_everybody(customer: User, leak: ServiceRequest) -> None:
    api = Api(customer)
    api.client.cookies["django_language"] = "hi"
    assert Client().get("/nothing/", headers={"Accept-Language": "hi"})  # the process has just spoken Hindi
    answer = api("PATCH", "profile/", {"email": "nobody"}, Accept_Language="hi")
    assert answer.json()["errors"][0]["message"].isascii()
    assert api.get("requests/0/", Accept_Language="hi").json()["detail"] == "There is nothing here for you under that id."
    assert "Content-Language" not in answer.headers


def test_scripts_have_their_words(db: None) -> None:
    client = Client()
    client.cookies["django_language"] = "hi"
    answer = client.get("/admin/texts.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "\\u0926\\u0947\\u0930" in answer.content.decode()  # over
