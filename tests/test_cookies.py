"""The cookies of the console.

Under https, no other host of the domain can set them, and no one reads them on their way.
"""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from gasutil.models import User
from project.message_cookies import MessageCookie
from project.settings import BASE_DIR
from tests.support.people import PASSWORD

KINDS = ("SESSION", "CSRF", "LANGUAGE", "MESSAGE")
CODE = """
import json, re
from project import settings
names = [name for name in dir(settings) if re.search("_COOKIE_(NAME|SECURE|DOMAIN|PATH)$", name)]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def cookie_settings(site_url: str) -> dict[str, Any]:
    """Return the settings of cookies of an installation with this address."""
    environment = {
        **os.environ,
        "SITE_URL": site_url,
        "SECRET_KEY": "k" * 40,
        "PYTHON_DOTENV_DISABLED": "true",
    }
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=BASE_DIR,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_their_names_have_the_prefix_under_https_alone() -> None:
    by_https, by_http = (
        cookie_settings("https://desk.example.com"),
        cookie_settings("http://desk.example.com"),
    )
    assert [by_https[f"{kind}_COOKIE_NAME"] for kind in KINDS] == [
        f"__Host-{by_http[f'{kind}_COOKIE_NAME']}" for kind in KINDS
    ]
    assert not [name for name in by_https if name.endswith(("_DOMAIN", "_PATH"))]


def test_every_cookie_is_one_that_browsers_accept(
    support: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = cookie_settings("https://desk.example.com")
    monkeypatch.setattr(MessageCookie, "cookie_name", known["MESSAGE_COOKIE_NAME"])
    client = Client(enforce_csrf_checks=True)
    with override_settings(**known):
        client.get("/admin/login/", secure=True)
        token = client.cookies["__Host-csrftoken"].value
        sent: dict[str, Any] = {"secure": True, "headers": {"Referer": "https://testserver/"}}
        credentials = {"username": "support", "password": PASSWORD, "csrfmiddlewaretoken": token}
        assert client.post("/admin/login/", credentials, **sent).status_code == 302
        assert client.get("/admin/", secure=True).status_code == 200
        token = client.cookies["__Host-csrftoken"].value
        assert (
            client.post(
                "/language/", {"language": "hi", "csrfmiddlewaretoken": token}, **sent
            ).status_code
            == 302
        )
        assert 'lang="hi"' in client.get("/admin/", secure=True).content.decode()
        token = client.cookies["__Host-csrftoken"].value
        choice = {"language": "hi", "csrfmiddlewaretoken": token}
        assert (
            client.post(reverse("admin:my_notices"), choice, **sent).status_code == 302
        )  # with a message for the next page
    assert set(client.cookies) == {
        f"__Host-{name}" for name in ("csrftoken", "sessionid", "django_language", "messages")
    }
    for name, cookie in client.cookies.items():
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", ""), name
