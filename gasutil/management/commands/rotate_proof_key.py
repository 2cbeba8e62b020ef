"""Replace the private key that signs the log, in two steps.

The first step makes a new key. From then on, both keys sign each checkpoint, so that those who know
only the old public key can verify it. Give them, and your witnesses, the new one (`GET log/key`).
Then run the command again with `--end`: the old key is deleted and signs no more.
"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gasutil.proof import checkpoints, keys


class Command(BaseCommand):
    """Replace the private key that signs the log."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--end", action="store_true", help="delete the former key")

    def handle(self, *args: Any, **options: Any) -> None:
        """Begin or end a rotation, and print the public keys that sign from now on."""
        if settings.PROOF_KEY:
            raise CommandError(
                "The key is in PROOF_KEY. Set PROOF_FORMER_KEY to its value and PROOF_KEY to 32 new"
                " random bytes in base64, restart the workers, and remove PROOF_FORMER_KEY once"
                " everyone has the new public key."
            )
        if options["end"]:
            if not keys.end_rotation():
                raise CommandError("No rotation has begun.")
        else:
            self.begin()
        for key in keys.signing_keys(checkpoints.origin()):
            self.stdout.write(key.public.vkey)

    def begin(self) -> None:
        """Make the new key."""
        try:
            keys.begin_rotation()
        except FileExistsError as error:
            raise CommandError("The last rotation has not ended: run this with --end.") from error
        except keys.NoKey as error:
            raise CommandError(str(error)) from error
