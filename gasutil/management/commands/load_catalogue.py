"""Load the request types that every installation starts with; those that are there stay as managers made them."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from gasutil.models import RequestType


class Command(BaseCommand):
    """Add the types of `fixtures/catalogue.json` that are missing."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Add what is missing, in the file's order."""
        rows = json.loads((settings.BASE_DIR / "fixtures" / "catalogue.json").read_text(encoding="utf-8"))
        known = set(RequestType.objects.values_list("code", flat=True))
        missing = [row for row in rows if row["code"] not in known]
        for row in missing:
            RequestType.objects.create(**row)
        if options["verbosity"]:
            self.stdout.write(f"{len(missing)} request types added, {len(known)} were there.")
