"""List the persons affected by a breach of personal data as CSV, with what reaches them.

`--since` and `--until` say when: a date, or a time with its zone. `--basis` says what was breached;
`account` takes a username as `--value`, and `address` an IP address. The list is recorded in the
security log. Reads and downloads are not recorded, so that no list can have them.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gasutil.access import SYSTEM
from gasutil.datetimes import parse_start
from gasutil.errors import Invalid
from gasutil.privacy.breach import BASES, BreachPeriod
from gasutil.workflow import privacy


class Command(BaseCommand):
    """Print the persons affected by a breach."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the basis and the period."""
        parser.add_argument("--basis", choices=list(BASES), required=True)
        parser.add_argument("--value", default="", help="A username, or an IP address.")
        parser.add_argument("--since", required=True, help="The start, such as 2026-11-01.")
        parser.add_argument("--until", required=True, help="The end, which is not included.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table."""
        try:
            period = BreachPeriod(parse_start(options["since"]), parse_start(options["until"]))
            text = privacy.list_affected(options["basis"], options["value"], period, actor=SYSTEM)
        except Invalid as error:
            raise CommandError(" ".join(item.message for item in error.errors)) from error
        except (ValueError, OverflowError) as error:
            raise CommandError("Enter dates such as 2026-11-01.") from error
        self.stdout.write(text, ending="")
