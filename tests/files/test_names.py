"""File names are stored as their senders see them, without what hides, reorders or ends them."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gasutil.files.names import clean_name, decode_encoded_words
from gasutil.models.attachments import MAX_NAME_LENGTH

FAMILY = "👨‍👩‍👧‍👦"
RAINBOW_FLAG = "🏳️‍🌈"
SCOTLAND = "\U0001f3f4" + "".join(map(chr, (0xE0067, 0xE0062, 0xE0073, 0xE0063, 0xE0074, 0xE007F)))
BIDI_CLASSES = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
BIDI_CONTROLS = [
    chr(code)
    for code in range(sys.maxunicode)
    if unicodedata.bidirectional(chr(code)) in BIDI_CLASSES
] + ["\u200e", "\u200f", "\u061c"]


@pytest.mark.parametrize(
    "name",
    [
        "meter.jpg",
        "गैस का बिल.pdf",
        "क्‍ष.jpg",  # a joiner within a word
        "نامه‌ای.pdf",  # a non-joiner within a word
        f"{FAMILY} at home {RAINBOW_FLAG} 👍🏽 {SCOTLAND}.jpg",
        "請求書・七月.pdf",
        "Screenshot 2026-11-26 at 10.22.33.png",
        "Mr. Sharma gas bill",
        "a'b & c; 100% #1 (2) [3] {4} ~5 `6 $7 +8 =9 @10 ^11 !.jpg",
        "contract.jpg",
        "console.jpg",
        "com10.jpg",
    ],
)
def test_a_clean_name_stays(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("", "file"),
        (".", "file"),
        ("..", "file"),
        ("/", "file"),
        (" . ", "file"),
        ("\u200b\u2060\u3164", "file"),
        ("\u200d", "file"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Asha\\bill.pdf", "bill.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066bill\u2069\u200f.pdf", "bill.pdf"),
        ("bill\ufeff\u200b\u00ad.pdf", "bill.pdf"),
        ("a\x00b\x1f\x7f\x85c.jpg", "abc.jpg"),
        ("a\ud800b\ufffe.jpg", "ab.jpg"),
        ("a\tb\r\nc\u2028d\u00a0e.jpg", "a b c d e.jpg"),
        ("bill..pdf", "bill.pdf"),
        ("bill. ..pdf", "bill.pdf"),
        ("...bill.pdf. ", "bill.pdf"),
        (".htaccess", "htaccess"),
        ('the "front" <door>|?*.jpg', "the front door.jpg"),
        ("bill.pdf:hidden", "bill.pdfhidden"),
        ("cafe\u0301.jpg", "café.jpg"),
        ("CON", "_CON"),
        ("nul.jpg", "_nul.jpg"),
        ("Com1.tar.gz", "_Com1.tar.gz"),
        ("lpt¹.jpg", "_lpt¹.jpg"),
        ("aux .jpg", "_aux .jpg"),
        ("x" * 300 + ".jpeg", "x" * 95 + ".jpeg"),
        ("x" * 300, "x" * 100),
        (FAMILY * 50 + ".jpg", FAMILY * 13 + ".jpg"),
        ("👍🏽" * 99 + ".jpg", "👍🏽" * 48 + ".jpg"),
        ("x" * 95 + "e\u20dd\u20de.jpg", "x" * 95 + ".jpg"),
        ("x" * 94 + " . . y.jpg", "x" * 94 + ".jpg"),
    ],
)
def test_it_removes_what_misleads_or_cannot_be_stored(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@pytest.mark.parametrize("control", BIDI_CONTROLS, ids=ascii)
def test_no_control_of_direction_is_stored(control: str) -> None:
    assert clean_name(f"{control}a{control}b{control}.jpg") == "ab.jpg"


@given(
    st.text(st.characters(), max_size=250)
    | st.text(st.sampled_from("./\\ :\u200d\u202ee\u0301👍🏽कон"), max_size=250)
)
def test_any_name_can_be_stored(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= MAX_NAME_LENGTH
    assert clean_name(cleaned) == cleaned
    assert ".." not in cleaned
    assert not set(cleaned) & {*BIDI_CONTROLS, *'/\\<>:"|?*\0\n'}
    assert cleaned == cleaned.strip(" .")
    cleaned.encode()


@pytest.mark.parametrize(
    ("name", "decoded"),
    [
        ("=?utf-8?B?4KSX4KWI4KS4LnBkZg==?=", "गैस.pdf"),
        ("=?UTF-8?Q?Caf=C3=A9_bill.pdf?=", "Café bill.pdf"),
        ("=?iso-8859-1?q?Stra=DFe?= 5.pdf", "Straße 5.pdf"),
        ("=?utf-8?B?4KSX4KWI?= =?utf-8?B?4KS4LnBkZg==?=", "गैस.pdf"),
        ("=?no-such-charset?B?4KSX?=", "=?no-such-charset?B?4KSX?="),
        ("=?base64?B?4KSX?=", "=?base64?B?4KSX?="),
        ("=?utf-8?B?4?=", "=?utf-8?B?4?="),
        ("what=?maybe.pdf", "what=?maybe.pdf"),
    ],
)
def test_encoded_words_are_decoded(name: str, decoded: str) -> None:
    assert decode_encoded_words(name) == decoded
