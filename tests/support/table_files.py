"""Spreadsheets for tests, made of the XML that programs write."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

RELATIONS = (
    "<Relationships"
    ' xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
RELATION = (
    '<Relationship Id="{}"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">{}<sheets>{}</sheets></workbook>'
)
SHEET = (
    "<worksheet"
    ' xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}<sheetData>{}</sheetData></worksheet>'
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
CONTENT = (
    '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s"'
    ' xmlns:calcext="c">'
    "<office:automatic-styles>{}</office:automatic-styles><office:body><office:spreadsheet>{}</office:spreadsheet></office:body>"
    "</office:document-content>"
)
HEADING = ("customer", "request_type", "description")


def zipped(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def text_cell(text: str, reference: str = "") -> str:
    place = f' r="{reference}"' if reference else ""
    return f'<c{place} t="inlineStr"><is><t>{text}</t></is></c>'


def text_row(*texts: str) -> str:
    return f"<row>{''.join(text_cell(text) for text in texts)}</row>"


def sheet(rows: str, before: str = "") -> str:
    return SHEET.format(before, rows)


def xlsx(
    *rows: str,
    sheets: Sequence[tuple[str, str, str]] = (),
    properties: str = "",
    strings: str = "",
    styles: str = "",
    **parts: str | bytes,
) -> bytes:
    """Return a workbook of one sheet with these rows, or of several sheets.

    Each of several has its name, its further attributes and its XML.
    """
    sheets = sheets or [("Calls", "", sheet("".join(rows)))]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{at}" r:id="rId{at}" {more}/>'
        for at, (name, more, _xml) in enumerate(sheets, 1)
    )
    relations = "".join(
        RELATION.format(f"rId{at}", "worksheet", f"worksheets/sheet{at}.xml")
        for at in range(1, len(sheets) + 1)
    )
    relations += RELATION.format(
        "rStrings", "sharedStrings", "sharedStrings.xml"
    ) + RELATION.format("rStyles", "styles", "styles.xml")
    return zipped(
        {
            "_rels/.rels": RELATIONS.format(
                RELATION.format("rId1", "officeDocument", "xl/workbook.xml")
            ),
            "xl/workbook.xml": BOOK.format(properties, listed),
            "xl/_rels/workbook.xml.rels": RELATIONS.format(relations),
            "xl/sharedStrings.xml": f"<sst>{strings}</sst>",
            "xl/styles.xml": f"<styleSheet>{styles}</styleSheet>",
        }
        | {f"xl/worksheets/sheet{at}.xml": xml for at, (_name, _more, xml) in enumerate(sheets, 1)}
        | parts
    )


def ods_cell(text: str, **attributes: Any) -> str:
    more = "".join(
        f' {name.replace("__", ":").replace("_", "-")}="{value}"'
        for name, value in attributes.items()
    )
    return f"<table:table-cell{more}><text:p>{text}</text:p></table:table-cell>"


def ods_row(*cells: str, repeated: int = 1) -> str:
    return (
        "<table:table-row"
        f' table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'
    )


def ods(*rows: str, styles: str = "", before: str = "", **parts: str | bytes) -> bytes:
    """Return an ODS file of one sheet with these rows."""
    table = f'{before}<table:table table:name="Calls">{"".join(rows)}</table:table>'
    return zipped({"mimetype": ODS_TYPE, "content.xml": CONTENT.format(styles, table)} | parts)


CASES = Path(__file__).parent.parent / "tables" / "cases"
