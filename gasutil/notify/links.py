"""The addresses that mails lead to, and what they prove."""

from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from gasutil.models import MUTABLE, Notice, ServiceRequest, User

EMAIL_SALT = "gasutil.email-confirmation"
UNSUBSCRIBE_SALT = "gasutil.unsubscribe"


class Unsubscription(NamedTuple):
    """Who no longer wants what."""

    user_id: int
    notice: Notice


def url(name: str, *args: object) -> str:
    """Return the full address of a page."""
    return settings.SITE_URL + reverse(name, args=args)


def request_page(user: User, obj: ServiceRequest) -> str:
    """Return where somebody looks at a request: staff in the console, customers in the operator's own app, if it has a page."""
    if obj.customer_id != user.pk:
        return url("admin:gasutil_servicerequest_change", obj.pk)
    return settings.CUSTOMER_REQUEST_URL.format(id=obj.pk, reference=obj.reference)


def email_token(user: User) -> str:
    """Return the proof that whoever has it reads the mail of a user's present address."""
    return signing.dumps({"user": user.pk, "email": user.email}, salt=EMAIL_SALT)


def reset_proof(user: User) -> tuple[str, str]:
    """Return the two parts of what lets somebody set a new password."""
    return urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)


def unsubscribe_page(user: User, notice: str) -> str:
    """Return where one kind of notice is turned off without a login; nowhere for what is essential."""
    return url("unsubscribe", signing.dumps([user.pk, notice], salt=UNSUBSCRIBE_SALT)) if notice in MUTABLE else ""


def read_unsubscription(token: str) -> Unsubscription | None:
    """Return what a token of such a page says, if we wrote it."""
    try:
        user_id, notice = signing.loads(token, salt=UNSUBSCRIBE_SALT)
        return Unsubscription(user_id, Notice(notice))
    except (signing.BadSignature, ValueError):
        return None
