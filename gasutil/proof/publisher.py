"""What a worker does for the provable history, a little at a time."""

import logging

from gasutil.models import LogName
from gasutil.proof import checkpoints, sequencer, witnesses
from gasutil.proof.checkpoints import Forked
from gasutil.proof.entries import PROVED_HISTORIES
from gasutil.proof.keys import NoKey

logger = logging.getLogger(__name__)
ALL_LOGS = list(PROVED_HISTORIES)
SMALL_LOGS = [name for name in PROVED_HISTORIES if name != LogName.REQUEST]


class Publisher:
    """Adds rows to the tree and signs it, unless a larger tree was signed before.

    Without a key, or with a restored database that lacks leaves, it signs nothing and logs why
    once.
    """

    def __init__(self) -> None:
        self.is_checked, self.problem = False, ""

    def publish_requests(self) -> None:
        """Add new rows of requests, and sign the tree if it has grown."""
        self._publish([LogName.REQUEST.value])

    def publish_others(self) -> None:
        """Add new rows of the other histories, and copy what was signed to the file store."""
        self._publish(SMALL_LOGS)
        if not self.problem:
            checkpoints.copy_to_store()
            witnesses.ask_witnesses()

    def _publish(self, logs: list[str]) -> None:
        try:
            if not self.is_checked:
                checkpoints.check_not_forked()
                self.is_checked = True
            # Rows from before the log began come before its first checkpoint: they are older.
            has_begun = checkpoints.newest_checkpoint() is not None
            while sequencer.append_rows(logs if has_begun else ALL_LOGS) == sequencer.BATCH_SIZE:
                pass
            checkpoints.sign()
            self.problem = ""
        except (Forked, NoKey) as error:
            if str(error) != self.problem:
                logger.critical("The history is not signed: %s", error)
            self.problem = str(error)
