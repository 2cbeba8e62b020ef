"""People without an account who report something: each becomes an unclaimed customer.

Such a customer is a `User` without a password. A customer with an account can claim the request.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils.crypto import get_random_string
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from gasutil.access import Actor
from gasutil.errors import FieldError
from gasutil.identity.throttling import RateLimit
from gasutil.models import ServiceRequest, User
from gasutil.models.accounts import UNCLAIMED_PREFIX
from gasutil.models.history import signed
from gasutil.models.identifiers import email_key
from gasutil.workflow.emergencies import as_text, printable, replaced_characters

ReportUnusable = Callable[[FieldError, Any], None]
# To an address that reporters name; a report beyond it is stored, but not mailed.
REPORT_MAILS = RateLimit("report-mails", "EMAIL_CHANGE_LIMIT", 60 * 60)
NAME_LENGTH = 150
CALLER_FIELDS = {"name", "phone_number", "email", "language"}


def new_customer() -> User:
    """Return a customer who is not saved yet."""
    username = f"{UNCLAIMED_PREFIX}{get_random_string(16, 'abcdefghijkmnpqrstuvwxyz23456789')}"
    return User(username=username, password=make_password(None), is_unclaimed=True)


def set_caller(
    user: User, caller: Mapping[str, Any], report: ReportUnusable, *, prefix: str = ""
) -> str:
    """Set what a caller says of themselves, and return the email address for their request.

    `report` gets each value that is not usable, with its error.
    """
    for name in caller.keys() - CALLER_FIELDS:
        unknown = _("There is no field with this name.")
        report(FieldError(f"{prefix}{printable(name)}", "extra_forbidden", unknown), caller[name])

    def read(name: str, clean: Callable[[str], str]) -> str:
        sent = caller.get(name) or ""
        text = as_text(sent).strip()
        if isinstance(sent, str) and printable(sent) != sent:
            report(replaced_characters(f"{prefix}{name}"), text)
        try:
            return clean(text) if text else ""
        except ValidationError as error:
            report(FieldError.of(f"{prefix}{name}", error)[0], text)
            return ""

    name = read("name", _clean_name)
    user.first_name, user.last_name = _split(name)
    user.phone_number = read("phone_number", lambda text: _clean(User, "phone_number", text))
    user.language = read("language", _clean_language) or _current_language()
    return read("email", _clean_email)


def save_unclaimed(user: User, *, author: Actor) -> None:
    """Save a new unclaimed customer, with a row of the account's history."""
    reason = gettext_noop("Reported something without an account")
    user.mails_unconfirmed = author.is_staff
    staff = author.user if author.is_staff else None
    signed(user, staff, reason, author.machine).save(force_insert=True)


def _clean(model: type[User] | type[ServiceRequest], name: str, text: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.clean(text, None))


def _clean_name(text: str) -> str:
    """Return a name on one line; raise an error for one that is too long or no name."""
    name = " ".join(text.split())
    for part in _split(name):
        if part:
            _clean(User, "first_name", part)
    return name


def _split(name: str) -> tuple[str, str]:
    """Return the first name and the others."""
    first, _space, last = name.partition(" ")
    return first, last


def _clean_language(text: str) -> str:
    """Return a language; `hi-IN` is `hi`."""
    known = {code.lower(): code for code, _name in settings.LANGUAGES}
    code = known.get(text.lower()) or known.get(text.lower().replace("_", "-").partition("-")[0])
    if code is None:
        params = {"values": list(known.values())}
        raise ValidationError(_("Choose from the available options."), "enum", params)
    return code


def _clean_email(text: str) -> str:
    email = _clean(ServiceRequest, "contact_email", text)
    if REPORT_MAILS.seconds_left(email_key(email)):
        message = _("Too many reports name this email address. We don't send emails to it now.")
        raise ValidationError(message, "too_many")
    return email


def _current_language() -> str:
    language = get_language() or ""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
