"""Add the default request types that are missing, for example after an upgrade.

The questions and texts of existing types are not changed; missing translations are added.
"""

from typing import Any

from django.core.management.base import BaseCommand

from gasutil.workflow import default_types


class Command(BaseCommand):
    """Add the types of `fixtures/catalogue.json` that are missing.

    Also give fields and limits to the types that never had any, and translations to the texts that
    are as this release has them.
    """

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Add the missing types, and print their number."""
        added = default_types.load_missing()
        default_types.load_missing_translations()
        if options["verbosity"]:
            self.stdout.write(f"Request types added: {added}.")
