"""The page of security requirements names tests that exist, and leaves out no requirement."""

import re
from itertools import chain

from django.conf import settings

from tests.support.documentation import PAGES

# The number of requirements of levels 1 and 2, by section of the ASVS 5.0. In these sections, those
# of level 3 come last.
SECTIONS = {
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 11, "6.3": 3, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
OTHER_CHAPTERS = ["V1", "V2", "V3", "V10", "V11", "V12", "V13", "V14", "V15", "V17"]
ROW = re.compile(r"^\| ((?:V\d+)|(?:\d+\.\d+\.\d+))\b[^|]*\|(.*)\|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
EVIDENCE = re.compile(r"Deviation: \w|Not applicable: \w|Documented: \[")
TEXT = (PAGES / "security.md").read_text(encoding="utf-8")


def test_it_has_every_requirement_once() -> None:
    wanted = chain.from_iterable(
        (f"{section}.{number + 1}" for number in range(count))
        for section, count in SECTIONS.items()
    )
    assert [name for name, _rest in ROW.findall(TEXT)] == [*wanted, *OTHER_CHAPTERS]


def test_each_row_has_a_test_or_says_why_not() -> None:
    rows = ROW.findall(TEXT)
    assert [name for name, rest in rows if not (TEST.search(rest) or EVIDENCE.search(rest))] == []


def test_the_tests_that_it_names_exist() -> None:
    named = set(TEST.findall(TEXT))
    missing = {
        (file, name)
        for file, name in named
        if not (settings.BASE_DIR / file).exists()
        or f"def {name}(" not in (settings.BASE_DIR / file).read_text(encoding="utf-8")
    }
    assert named
    assert missing == set()
