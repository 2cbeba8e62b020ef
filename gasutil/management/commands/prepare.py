"""Prepare an installation for `serve`: database, files and request types.

The first run also creates an administrator and demonstration data.
"""

import os
from argparse import ArgumentParser
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.crypto import get_random_string
from environs import Env

from gasutil import installation, request_owners
from gasutil.files.storage import STORE_ERRORS
from gasutil.models import User
from gasutil.models.identifiers import looks_like_email
from gasutil.proof.keys import create_key_file
from gasutil.search import index as search_index
from gasutil.workflow import backlog, danger_marks, identity_keys
from project.private_files import restrict_new_files, restrict_stored_files

MAX_NAMED = 5  # files of other users
LOGINS = settings.VAR_DIR / "logins.txt"
RESTORED = """\
THIS DATABASE WAS RESTORED FROM A BACKUP, OR COPIED.
{sandbox}
It deletes no files until you run one of these commands:
  manage.py installation --take-over   if it replaces the installation that it was restored \
from, or that was moved here
  manage.py installation --new-id      if it is a copy, with its own file store"""
NO_SANDBOX = """\
If it is a copy, set SANDBOX=true before you start a server or a worker: otherwise it sends \
mails, webhooks and alarms to the
customers, systems and supervisors of the original."""
IN_SANDBOX = "SANDBOX is on: no mail, webhook or alarm is sent, and no witness is asked to sign."
env = Env()


class NewLogin(NamedTuple):
    """A new user who can log in."""

    role: str
    username: str
    password: str


class Command(BaseCommand):
    """Prepare what is missing; a second run changes nothing."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument(
            "--no-demo",
            action="store_true",
            help="do not create demonstration data",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare the installation, and print new logins."""
        restrict_new_files()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        self._restrict_stored_files()
        create_key_file()
        call_command("load_catalogue", verbosity=0)
        self._check_installation()
        self._start_clocks()
        identity_keys.fill_identity_keys()
        search_index.fill_index()
        danger_marks.update_all_types()
        request_owners.fill_owners()
        for user, other in identity_keys.collisions():
            self.stderr.write(
                f"Accounts {user.pk} ({user.username}) and {other.pk} ({other.username}) share a"
                " user name or a mailbox."
            )
        with transaction.atomic():  # a user whose password was never printed must not be created
            logins = make_people(with_demo=not options["no_demo"])
        if logins:
            self.stdout.write(stored_logins(logins))

    def _start_clocks(self) -> None:
        """Start the clocks of open requests of earlier releases, and print their number."""
        started = backlog.start_clocks()
        if started is not None:
            numbers = (
                f"{started.emergencies} open emergencies and {started.others} other open requests"
            )
            self.stdout.write(
                f"Started the clocks of {numbers} that had none. Supervisors receive one email"
                " about them."
            )

    def _restrict_stored_files(self) -> None:
        """Take the permissions of other users from what is stored; name what can't be changed."""
        foreign = restrict_stored_files()
        for path in foreign[:MAX_NAMED]:
            self.stderr.write(f"{path} belongs to another user, and other users can read it.")
        if len(foreign) > MAX_NAMED:
            self.stderr.write(f"… and {len(foreign) - MAX_NAMED} more files.")

    def _check_installation(self) -> None:
        """Print a notice if the database was restored or copied.

        Otherwise claim a store of files that no installation has claimed.
        """
        if installation.get_installation().restored_at is not None:
            self.stderr.write(
                RESTORED.format(sandbox=IN_SANDBOX if settings.SANDBOX else NO_SANDBOX)
            )
            return
        try:
            installation.claim_unclaimed_store()
            why_not = "" if settings.SANDBOX else installation.why_not_ours()
        except STORE_ERRORS as error:
            why_not = f"The file store does not respond: {error}"
        if why_not:
            self.stderr.write(why_not)


def make_people(*, with_demo: bool) -> list[NewLogin]:
    """Create the administrator if there is none, and the demonstration if there are no users.

    Return the new logins.
    """
    is_empty = not User.objects.exists()
    logins = make_administrator()
    if is_empty and with_demo:
        password = get_random_string(12)
        call_command("load_demo", password=password)
        people = {"manager": "meera.iyer", "support": "arjun.nair", "customer": "priya.sharma"}
        logins += [NewLogin(role, username, password) for role, username in people.items()]
    return logins


def make_administrator() -> list[NewLogin]:
    """Create the first administrator if there is none, and return the new login."""
    if User.objects.filter(is_superuser=True).exists():
        return []
    username = env.str("DJANGO_SUPERUSER_USERNAME", "") or "admin"
    email = env.str("DJANGO_SUPERUSER_EMAIL", "") or (
        username if looks_like_email(username) else "admin@localhost"
    )
    chosen = env.str("DJANGO_SUPERUSER_PASSWORD", "")
    password = chosen or get_random_string(16)
    try:
        User.objects.create_superuser(username, email, password, first_name="Administrator")
    except ValidationError as error:
        raise CommandError(f"DJANGO_SUPERUSER_USERNAME: {' '.join(error.messages)}") from error
    return [
        NewLogin("administrator", username, "(DJANGO_SUPERUSER_PASSWORD)" if chosen else password)
    ]


def stored_logins(logins: list[NewLogin]) -> str:
    """Store the logins, and return the text to print.

    Only this account can read the file. The text is printed this once.
    """
    text = "\n".join(f"{login.role:<14} {login.username:<14} {login.password}" for login in logins)
    LOGINS.touch(mode=0o600)
    LOGINS.write_text(text + "\n", encoding="utf-8")
    return f"Logins (printed only once, stored in {os.path.relpath(LOGINS)}):\n\n{text}\n"
