"""The links in mails, and the tokens that they contain."""

from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from gasutil.identity import tracking
from gasutil.models import MUTABLE, Notice, ServiceRequest, User

EMAIL_SALT = "gasutil.email-confirmation"
UNDO_SALT = "gasutil.email-undo"
ERASURE_SALT = "gasutil.erasure-undo"
UNSUBSCRIBE_SALT = "gasutil.unsubscribe"


class Unsubscription(NamedTuple):
    """The user and the notice that a link turns off."""

    user_id: int
    notice: Notice


def absolute_url(name: str, *args: object) -> str:
    """Return the full address of a page."""
    return settings.SITE_URL + reverse(name, args=args)


def request_page(user: User, obj: ServiceRequest) -> str:
    """Return the URL of a request for a user.

    It is in the console for staff, and in the operator's own app for customers, if it has a page.
    An unclaimed customer gets a tracking link if staff entered the address: the readers of an
    address that a stranger entered get no access.
    """
    if obj.customer_id != user.pk:
        return absolute_url("admin:gasutil_servicerequest_change", obj.pk)
    if user.is_unclaimed:
        return _tracking_page(user, obj) if user.mails_unconfirmed else ""
    return settings.CUSTOMER_REQUEST_URL.format(id=obj.pk, reference=obj.reference)


def _tracking_page(user: User, obj: ServiceRequest) -> str:
    token = tracking.new_token(obj.pk, user.pk, timezone.now())
    return f"{absolute_url('report-track')}#{token}"


def email_token(user: User) -> str:
    """Return a token that proves that its holder reads the mail of a user's present address."""
    return signing.dumps({"user": user.pk, "email": user.email}, salt=EMAIL_SALT)


def reset_proof(user: User) -> tuple[str, str]:
    """Return the two parts of a link that sets a new password."""
    return urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)


def unsubscribe_page(user: User, notice: str) -> str:
    """Return the URL that turns a kind of notice off without a login.

    An empty text for essential notices.
    """
    return (
        absolute_url("unsubscribe", signing.dumps([user.pk, notice], salt=UNSUBSCRIBE_SALT))
        if notice in MUTABLE
        else ""
    )


def read_unsubscription(token: str) -> Unsubscription | None:
    """Return the content of such a token, or None if its signature is wrong."""
    try:
        user_id, notice = signing.loads(token, salt=UNSUBSCRIBE_SALT)
        return Unsubscription(user_id, Notice(notice))
    except (signing.BadSignature, ValueError):
        return None
