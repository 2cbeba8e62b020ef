"""User names, email addresses, personal names and phone numbers.

There is one written form for each, and there are rules for new ones.
"""

import contextlib
import re
import unicodedata

import idna
import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from fontTools import unicodedata as scripts

USERNAME_PUNCTUATION = frozenset("@.+-_")
AUGMENTED = {  # UTS 39, section 5.1: writing systems that use several scripts together
    "Hani": {"Hanb", "Jpan", "Kore"},
    "Hira": {"Jpan"},
    "Kana": {"Jpan"},
    "Hang": {"Kore"},
    "Bopo": {"Hanb"},
}
EVERY_SCRIPT = {"Zyyy", "Zinh"}
LINE_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
DASHES = re.compile(r"[\u2010-\u2015\u2212\uff0d\u30fc]")
PHONE_SHAPE = re.compile(r"\+?[\d\s().\-/]*\d[\d\s().\-/]*")


def without_format_characters(text: str) -> str:
    """Remove the characters that change nothing but the layout of a text."""
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def username_key(text: str) -> str:
    """Return the form in which user names are compared.

    It is NFKC, without case, format characters or surrounding spaces.
    """
    folded = unicodedata.normalize("NFKC", without_format_characters(text)).casefold()
    return unicodedata.normalize("NFKC", folded).strip()


def email_key(text: str) -> str:
    """Return the form in which email addresses are compared.

    It is that of user names, with the domain in IDNA.
    """
    local, at, domain = username_key(text).rpartition("@")
    with contextlib.suppress(
        idna.IDNAError, UnicodeError
    ):  # such as one with an underscore: compared as it is written
        domain = idna.encode(domain, uts46=True).decode().lower()
    return f"{local}{at}{domain}"


def looks_like_email(text: str) -> bool:
    """Return whether a text could be an email address."""
    local, _at, domain = text.rpartition("@")
    return bool(local and domain)


def is_single_script(text: str) -> bool:
    """Return whether one script has every character of a text.

    One writing system of several scripts counts as one script.
    """
    common: set[str] | None = None
    for char in text:
        names = set(scripts.script_extension(char))
        if names & EVERY_SCRIPT:
            continue
        names |= {extra for name in names for extra in AUGMENTED.get(name, ())}
        common = names if common is None else common & names
    return common is None or bool(common)


def validate_username(text: str) -> None:
    """Accept letters of every script with their marks, digits and `@.+-_`.

    They must be in one script and in their plain form.
    """
    if unicodedata.normalize("NFKC", text) != unicodedata.normalize(
        "NFC", text
    ) or not is_single_script(text):
        reason = gettext(
            "Use letters of one script only. This username could be mistaken for another one."
        )
        raise ValidationError(reason, "confusable")
    sound = all(
        char in USERNAME_PUNCTUATION or unicodedata.category(char)[0] in "LM" or char.isdecimal()
        for char in text
    )
    if not sound or (text and unicodedata.category(text[0])[0] == "M"):
        raise ValidationError(gettext("Use letters, digits and @ . + - _ only."), "invalid")


def validate_own_username(username: str, email: str) -> None:
    """Reject a username that looks like an email address, unless it is the account's own."""
    if looks_like_email(username) and email_key(username) != email_key(email):
        raise ValidationError(
            gettext("A username that looks like an email address must be your own email address."),
            "not_own_email",
        )


def validate_personal_name(text: str) -> None:
    """Reject line breaks and addresses of web pages: names are greeted in emails."""
    if LINE_BREAKS.search(text):
        raise ValidationError(gettext("A name must be on one line."), "invalid")
    if "://" in unicodedata.normalize("NFKC", without_format_characters(text)):
        raise ValidationError(gettext("A name can't contain a web address."), "invalid")


def to_e164(text: str, region: str) -> str:
    """Return a phone number as E.164.

    Raise `ValidationError` unless the whole text is one possible number.

    Extensions are rejected: E.164 has none, and a number without its extension is another number.
    """
    plain = _plain_number(text)
    if not PHONE_SHAPE.fullmatch(plain):
        raise ValidationError(gettext("Enter a valid phone number."), "invalid_phone_number")
    number = _parse(plain, region)
    for _again in range(3):
        number, before = _parse(number, region), number
        if number == before:
            return number
    raise ValidationError(gettext("Enter a valid phone number."), "invalid_phone_number")


def _plain_number(text: str) -> str:
    """Return a phone number in ASCII, without what is written around it."""
    plain = DASHES.sub("-", unicodedata.normalize("NFKC", without_format_characters(text))).strip()
    plain = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in plain)
    plain = re.sub(r"^tel:\s*", "", plain, flags=re.IGNORECASE)
    is_international = plain.startswith(("+", "00"))
    return re.sub(r"\(\s*0\s*\)", " ", plain) if is_international else plain


def _parse(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise ValidationError(
            gettext("Enter a valid phone number."), "invalid_phone_number"
        ) from error
    if not phonenumbers.is_possible_number(number):
        raise ValidationError(
            gettext("Enter a valid phone number. This one is too short or too long."),
            "invalid_phone_number",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def format_phone_number(number: str) -> str:
    """Return a phone number in groups of digits, as people read it."""
    try:
        return phonenumbers.format_number(
            phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    except phonenumbers.NumberParseException:
        return number
