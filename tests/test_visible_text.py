"""Invisible characters in texts."""

import pytest

from gasutil.visible_text import has_words, is_displayed

INVISIBLE = [
    "", " ", "\n", "\u200b", "\u2060", "\u00ad", "\u3164", "\uffa0", "\u115f", "\u2800", "\ufe0f",
    "\ufeff", "\u200e\u202c", "\U000e0041", "\u034f", "\u180e", "\u3000", "\u200b \u3164\u00ad",
    "\x01", "\u0301",
]  # fmt: skip


@pytest.mark.parametrize("text", INVISIBLE)
def test_what_is_not_displayed_is_no_text(text: str) -> None:
    assert (is_displayed(text), has_words(text)) == (False, False)


@pytest.mark.parametrize("text", ["?", "??", "!", "👍", "🫨", "❤\ufe0f", "—", "\u200b.", "₹"])
def test_emoji_and_punctuation_are_displayed_but_no_words(text: str) -> None:
    assert (is_displayed(text), has_words(text)) == (True, False)


@pytest.mark.parametrize("text", ["a", "1", "ठीक", "修", "é", "\u200ba", "٣", "가"])
def test_a_letter_or_a_digit_is_a_word(text: str) -> None:
    assert (is_displayed(text), has_words(text)) == (True, True)
