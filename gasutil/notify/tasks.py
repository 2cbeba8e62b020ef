"""The mails of accounts, sent by the background worker: a caller can't tell from the time whether one went out."""

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_tasks import task

from gasutil.models import RequestUpdate, ServiceRequest, User

BACKEND = "django.contrib.auth.backends.ModelBackend"  # permissions of groups; nobody is told by an object permission
EMAIL_SALT = "gasutil.email-confirmation"


def _send(user: User, subject: str, template: str, **context: Any) -> None:
    text = render_to_string(f"mail/{template}.txt", {"user": user, "site_name": settings.SITE_NAME, **context})
    send_mail(subject, text, None, [user.email])


def email_token(user: User) -> str:
    """Return the proof that whoever has it reads the mail of a user's present address."""
    return signing.dumps({"user": user.pk, "email": user.email}, salt=EMAIL_SALT)


def supervisors() -> list[User]:
    """Return who is told of escalations: whoever has been given the permission, or else the administrators."""
    told = User.objects.with_perm("gasutil.receive_escalations", include_superusers=False, backend=BACKEND).exclude(email="")
    return list(told) or list(User.objects.filter(is_superuser=True, is_active=True).exclude(email=""))


@task()
def send_escalation(update_id: int) -> None:
    """Mail those who are told of escalations that a milestone of a request has passed unmet."""
    update = RequestUpdate.objects.select_related("request_type").get(pk=update_id)
    obj = ServiceRequest.objects.select_related("customer", "assigned_to").get(pk=update.id)
    link = settings.SITE_URL + reverse("admin:gasutil_servicerequest_change", args=[obj.pk])
    for user in supervisors():
        _send(user, f"{obj.reference}: {update.request_type} is late", "escalation", update=update, ticket=obj, link=link)


@task()
def send_email_confirmation(user_id: int) -> None:
    """Mail the link that confirms an address."""
    user = User.objects.get(pk=user_id)
    token = email_token(user)
    link = settings.SITE_URL + reverse("email-confirm", args=[token])
    _send(user, "Confirm your e-mail address", "email_confirmation", link=link, token=token)


@task()
def send_password_reset(email: str) -> None:
    """Mail the link that sets a new password, to whoever has the address; nobody may."""
    for user in User.objects.filter(email__iexact=email, is_active=True):
        uid, token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
        link = settings.SITE_URL + reverse("password_reset_confirm", args=[uid, token])
        _send(user, "Set a new password", "password_reset", link=link, uid=uid, token=token)
