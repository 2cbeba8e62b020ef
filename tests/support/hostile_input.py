"""Text that must stay text."""

NASTY = """"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}' x-init='alert(3)"""


HOSTILE = {
    "letters": "abc",
    "negative": "-1",
    "nothing": "",
    "list": "0.1.-1.--2.99.1.-1.x",
    "repeated": ["1", "9" * 25],  # Django reads the last, or all
    "NUL": "a\0b",
    "lone surrogate": b"\xed\xa0\x80",
    "many words": "g " * 1900,
    "long word": "g" * 10_000,
}
