"""The error of a table that can't be read."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


class TableError(Exception):
    """The errors of a file or its cells.

    Each message is a sentence for the author, with the row and the column.
    """

    def __init__(self, *messages: str) -> None:
        super().__init__(*messages)
        self.messages: Sequence[str] = messages


class Damaged(TableError):
    """The file is not what its first bytes say, or is incomplete."""

    def __init__(self) -> None:
        super().__init__(
            _("This file is damaged. Open it in a spreadsheet program and save it again as XLSX.")
        )


class TableTooLarge(TableError):
    """The file is small because it is compressed; what it contains is not."""

    def __init__(self) -> None:
        super().__init__(_("This file contains too much data. Copy the table into a new file."))


def at(row: int, column: str, message: str) -> str:
    """Return a message with its row and its column."""
    return _("Row %(row)d, column %(column)s: %(message)s") % {
        "row": row,
        "column": column,
        "message": message,
    }
