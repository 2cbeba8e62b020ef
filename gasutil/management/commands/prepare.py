"""Make an installation ready to serve: database, files, catalogue, and on the first run people and demonstration data."""

import os
from argparse import ArgumentParser
from typing import Any, NamedTuple

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.crypto import get_random_string
from environs import Env
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from gasutil.models import User

LOGINS = settings.VAR_DIR / "logins.txt"
env = Env()


class NewLogin(NamedTuple):
    """Somebody who can log in from now on."""

    role: str
    username: str
    password: str


class Command(BaseCommand):
    """Do what is not done yet; a second run changes nothing."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--no-demo", action="store_true", help="make no demonstration data, even in an empty database")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, and say who can log in where somebody new can."""
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("load_catalogue", verbosity=0)
        with transaction.atomic():  # people of whom nobody was told the password must not stay behind
            logins = make_people(with_demo=not options["no_demo"])
        if logins:
            tell(logins)


def make_people(*, with_demo: bool) -> list[NewLogin]:
    """Make the administrator if there is none, and the demonstration if there is nobody; return the new logins."""
    is_empty = not User.objects.exists()
    logins = make_administrator()
    if is_empty and with_demo:
        password = get_random_string(12)
        call_command("load_demo", password=password)
        people = {"manager": "meera.iyer", "support": "arjun.nair", "customer": "priya.sharma"}
        logins += [NewLogin(role, username, password) for role, username in people.items()]
    return logins


def make_administrator() -> list[NewLogin]:
    """Make the first administrator, and return the login; nothing where there is one."""
    if User.objects.filter(is_superuser=True).exists():
        return []
    username = env.str("DJANGO_SUPERUSER_USERNAME", "") or "admin"
    email = env.str("DJANGO_SUPERUSER_EMAIL", "") or "admin@localhost"
    chosen = env.str("DJANGO_SUPERUSER_PASSWORD", "")
    password = chosen or get_random_string(16)
    User.objects.create_superuser(username, email, password, first_name="Administrator")
    return [NewLogin("administrator", username, "(DJANGO_SUPERUSER_PASSWORD)" if chosen else password)]


def tell(logins: list[NewLogin]) -> None:
    """Print who can log in, this once, and keep it where only this account can read it."""
    text = "\n".join(f"{one.role:<14} {one.username:<14} {one.password}" for one in logins)
    LOGINS.touch(mode=0o600)
    LOGINS.write_text(text + "\n", encoding="utf-8")
    kept = f"kept in {os.path.relpath(LOGINS)}"
    Console().print(Panel(Text(text), title="Logins, shown this once", subtitle=kept, expand=False))
