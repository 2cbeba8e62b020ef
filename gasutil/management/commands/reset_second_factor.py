"""Remove the second factor of a user who has lost it, when no manager can do it in the console.

Their logins end, their password stays, and they are notified by mail.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gasutil.access import SYSTEM
from gasutil.errors import Conflict
from gasutil.identity.backend import find_by_login
from gasutil.workflow import second_factors


class Command(BaseCommand):
    """Remove a lost second factor."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("user", help="the username, or the confirmed email address")

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove it, and print whose it was."""
        user = find_by_login(options["user"])
        if user is None:
            raise CommandError(f"There is no user {options['user']}.")
        try:
            second_factors.reset(user.pk, actor=SYSTEM)
        except Conflict as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{user.username} logs in with the password alone. All logins ended.")
