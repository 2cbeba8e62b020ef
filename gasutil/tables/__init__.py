"""The reading and writing of tables.

It reads spreadsheets and CSV files of any origin within limits, and writes cells that no
spreadsheet takes for a formula.
"""

from gasutil.tables.errors import TableError
from gasutil.tables.headings import Column, Table, heading_key
from gasutil.tables.reader import FORMATS, read

__all__ = ["FORMATS", "Column", "Table", "TableError", "heading_key", "read"]
