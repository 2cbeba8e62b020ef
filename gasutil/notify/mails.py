"""Mails: who gets one, what it says in the recipient's language, and how it is handed to the mail server."""

import smtplib
from collections.abc import Callable, Iterator, Mapping
from email.utils import parseaddr
from typing import Any

from anymail.exceptions import AnymailInvalidAddress, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.utils import translation

from gasutil.models import Delivery, DeliveryChannel, DeliveryState, Notice, ServiceRequest, User
from gasutil.notify import links, notices
from gasutil.notify.outcomes import Refused, Unwanted


def plan(update: Any, obj: ServiceRequest) -> Iterator[Delivery]:
    """Yield the mails that a row of the log means; those that somebody does not want are kept as not sent."""
    for user, notice in notices.told(update, obj):
        why = notices.why_not(user, notice, obj)
        skipped = {} if why is None else {"state": DeliveryState.SKIPPED, "last_error": why.value, "next_at": None}
        yield Delivery(
            service_request=obj, update=update, channel=DeliveryChannel.MAIL, notice=notice, user=user, address=user.email, **skipped
        )


def send(delivery: Delivery) -> None:
    """Write a mail as things are now, and hand it over."""
    user = User.objects.get(deliveries=delivery)
    why = notices.why_not(user, delivery.notice, delivery.service_request)
    if why is not None:
        raise Unwanted(why)
    delivery.address = user.email
    with translation.override(user.language):
        message = compose(delivery, user)
    try:
        message.send()
    except (AnymailInvalidAddress, AnymailRecipientsRefused) as error:
        raise Refused(str(error)) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise _judged(*next(iter(error.recipients.values()))) from error
    except smtplib.SMTPDataError as error:
        raise _judged(error.smtp_code, error.smtp_error) from error


def _judged(code: int, reply: bytes | str) -> Exception:
    """Return what a mail server's answer means: 5xx is final, unless it is its policy (5.7), which may be our settings' fault."""
    said = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    is_final = code >= 500 and code != 530 and not said.startswith("5.7.")
    return Refused(f"{code} {said}") if is_final else ConnectionError(f"{code} {said}")


def compose(delivery: Delivery, user: User) -> EmailMultiAlternatives:
    """Return the mail of a delivery, in the language that is on."""
    about = context(delivery, user)
    subject, paragraphs = _words(delivery.notice, about)
    about |= {"subject": subject, "paragraphs": paragraphs, "language": translation.get_language()}
    message = EmailMultiAlternatives(
        subject,
        get_template("mail/layout.txt").template.render(Context(about, autoescape=False)).strip() + "\n",  # type: ignore[attr-defined]
        to=[user.email],
        headers=headers(delivery, about),
    )
    message.attach_alternative(render_to_string("mail/layout.html", about), "text/html")
    return message


def context(delivery: Delivery, user: User) -> dict[str, Any]:
    """Return what the texts of a mail may speak of."""
    about = {"user": user, "site_name": settings.SITE_NAME, "unsubscribe": links.unsubscribe_page(user, delivery.notice)}
    if delivery.service_request is None:
        return about | ACCOUNT[delivery.notice](user)
    return about | _about_request(delivery.service_request, delivery.update, user, delivery.notice)


def _about_request(obj: ServiceRequest, update: Any, user: User, notice: str) -> dict[str, Any]:
    return {
        "ticket": obj,
        "kind": obj.request_type,
        "update": update,
        "note": "" if update.is_internal else update.notes,
        "is_customer": user.pk == obj.customer_id,
        "safety": obj.safety_instructions if notice == Notice.RECEIVED else "",
        "link": links.request_page(user, obj),
    }


def headers(delivery: Delivery, about: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers: the same id in every attempt, one conversation for each request, and RFC 8058's one-click unsubscribe."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    found = {
        "Message-ID": f"<{delivery.key}.{delivery.sendings}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if delivery.service_request is not None:
        found["References"] = f"<{delivery.service_request.reference}@{domain}>"
    if about["unsubscribe"]:
        found |= {"List-Unsubscribe": f"<{about['unsubscribe']}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return found


def _words(notice: str, about: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return the subject of a notice and its paragraphs: the first of its template, and the rest."""
    text = get_template(f"mail/{notice}.txt").template.render(Context(about, autoescape=False))  # type: ignore[attr-defined]
    subject, *paragraphs = [" ".join(one.split()) for one in text.split("\n\n") if one.strip()]
    return subject, paragraphs


def _confirmation(user: User) -> dict[str, Any]:
    token = links.email_token(user)
    return {"link": links.url("email-confirm", token), "codes": {"token": token}}


def _reset(user: User) -> dict[str, Any]:
    uid, token = links.reset_proof(user)
    return {"link": links.url("password_reset_confirm", uid, token), "codes": {"uid": uid, "token": token}}


ACCOUNT: Mapping[str, Callable[[User], dict[str, Any]]] = {Notice.EMAIL_CONFIRMATION: _confirmation, Notice.PASSWORD_RESET: _reset}
