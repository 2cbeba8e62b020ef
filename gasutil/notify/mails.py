"""The recipients, texts and sending of mails.

A mail is in the recipient's language, and is handed to the mail server.
"""

import smtplib
from collections.abc import Callable, Iterator, Mapping
from email.utils import parseaddr
from typing import Any

from anymail.exceptions import AnymailInvalidAddress, AnymailRecipientsRefused
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from gasutil import deadlines
from gasutil.models import (
    Delivery,
    DeliveryChannel,
    DeliveryState,
    EmailChange,
    Erasure,
    Event,
    Notice,
    RequestUpdate,
    ServiceRequest,
    User,
    WhyNot,
)
from gasutil.models.identifiers import validate_personal_name
from gasutil.notify import (
    backlog,
    links,
    notices,
    overdue_reviews,
    report_groups,
    report_mails,
)
from gasutil.notify.outcomes import PermanentFailure, Skip

SAFETY_FIRST = (Notice.RECEIVED, Notice.SAFETY)
WITH_REASON = (Notice.EMERGENCY_ENDED, Notice.RETURNED)
# The danger is over as far as we know.
OVER = (Notice.MADE_SAFE, Notice.NOT_A_LEAK, Notice.RESOLVED, Notice.CANCELLED)


def plan(update: Any, obj: ServiceRequest) -> Iterator[Delivery]:
    """Yield the mails of a history row; those that a user has turned off are stored as not sent."""
    for user, notice in notices.recipients_of(update, obj):
        why = notices.why_not(user, notice, obj)
        at = notices.notify_at(user, notice, update, obj, timezone.now())
        if at is None:
            continue
        skipped = {} if why is None else {"state": DeliveryState.SKIPPED, "last_error": why.value}
        yield Delivery(
            service_request=obj,
            update=update,
            channel=DeliveryChannel.MAIL,
            notice=notice,
            user=user,
            address=notices.address_for(user, obj),
            next_at=None if why else at,
            **skipped,
        )


def send(delivery: Delivery) -> None:
    """Write a mail as things are now, and hand it over."""
    user = User.objects.get(deliveries=delivery)
    why = notices.why_not(user, delivery.notice, delivery.service_request)
    if why is not None:
        raise Skip(why)
    delivery.address = address_of(delivery, user)
    with translation.override(user.language):
        message = compose(delivery, user)
    try:
        message.send()
    except (AnymailInvalidAddress, AnymailRecipientsRefused) as error:
        raise PermanentFailure(str(error)) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise _judged(*next(iter(error.recipients.values()))) from error
    except smtplib.SMTPDataError as error:
        raise _judged(error.smtp_code, error.smtp_error) from error


def _judged(code: int, reply: bytes | str) -> Exception:
    """Return the error for a mail server's response.

    5xx is final, except policy errors (5.7), which our settings may cause.
    """
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    is_final = code >= 500 and code != 530 and not text.startswith("5.7.")
    return PermanentFailure(f"{code} {text}") if is_final else ConnectionError(f"{code} {text}")


def compose(delivery: Delivery, user: User) -> EmailMultiAlternatives:
    """Return the mail of a delivery, in the language that is on."""
    about = mail_context(delivery, user)
    subject, paragraphs = _words(delivery.notice, about)
    about |= {"subject": subject, "paragraphs": paragraphs, "language": translation.get_language()}
    layout = get_template("mail/layout.txt").template  # type: ignore[attr-defined]
    message = EmailMultiAlternatives(
        subject,
        layout.render(Context(about, autoescape=False)).strip() + "\n",
        to=[address_of(delivery, user)],
        headers=mail_headers(delivery, about),
    )
    message.attach_alternative(render_to_string("mail/layout.html", about), "text/html")
    for attachment in about.get("attachments", ()):
        message.attach(*attachment)
    return message


def mail_context(delivery: Delivery, user: User) -> dict[str, Any]:
    """Return the context of the templates of a mail."""
    is_known = notices.is_known_address(user, address_of(delivery, user))
    about = {
        "greeted": greeted_name(user) if is_known else "",
        "site_name": settings.SITE_NAME,
        "unsubscribe": links.unsubscribe_page(user, delivery.notice),
    }
    if delivery.service_request is None:
        return about | ACCOUNT[delivery.notice](user, delivery)
    if delivery.notice == Notice.BACKLOG_LATE:
        return about | backlog.late_context(delivery.update, timezone.now())
    return about | _about_request(
        delivery.service_request, delivery.update, user, delivery.notice, is_known=is_known
    )


def greeted_name(user: User) -> str:
    """Return the name for the greeting.

    None if it breaks the rules for names, as those of before the rules may.
    """
    name = user.first_name or ("" if user.is_unclaimed else user.username)
    try:
        validate_personal_name(name)
    except ValidationError:
        return ""
    return name


def _about_request(
    obj: ServiceRequest, update: Any, user: User, notice: str, *, is_known: bool
) -> dict[str, Any]:
    """Return the details of a request for a mail.

    An unconfirmed address gets no text that its account has written.
    """
    is_customer = user.pk == obj.customer_id
    is_own_note = is_customer and update.history_user_id == user.pk
    return {
        "ticket": obj,
        "request_type": obj.request_type,
        "update": update,
        "note": "" if update.is_internal or (is_own_note and not is_known) else update.notes,
        "shows_address": is_known or not is_customer,
        "group": report_groups.numbers(obj) if notice == Notice.UNVERIFIED_REPORTS else None,
        "reason": notices.reason_of(update) if notice in WITH_REASON else "",
        "missed": _missed(obj, update.subject) if notice == Notice.ESCALATED else None,
        "author": update.history_user,
        "is_customer": is_customer,
        "files": _files(update),
        "safety": (
            obj.localised_safety_instructions
            if is_customer and (obj.is_pressing or notice in SAFETY_FIRST)
            else ""
        ),
        "is_over": notice in OVER,
        "link": links.request_page(user, obj),
        "proof": reverse("api:get_request_proof", args=[obj.pk]),
    }


def _missed(obj: ServiceRequest, name: str) -> dict[str, Any] | None:
    """Return the milestone of a request that was missed, or None if it has it no more.

    The log has it in one language; its reader has another.
    """
    for milestone in deadlines.milestones_of(obj):
        if milestone.name == name:
            label = deadlines.localised_label(obj, name, milestone.label)
            return {
                "label": label,
                "due_at": milestone.due_at,
                "escalations": milestone.escalations,
            }
    return None


def _files(update: Any) -> list[str]:
    """Return the names of the files that the call of a row added."""
    same = {
        "id": update.id,
        "history_date": update.history_date,
        "history_user": update.history_user_id,
    }
    rows = RequestUpdate.objects.filter(event=Event.ATTACHED, **same).order_by("history_id")
    return list(rows.values_list("subject", flat=True))


def mail_headers(delivery: Delivery, about: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers of a mail.

    They have the same ID in every attempt, one conversation for each request, and the one-click
    unsubscribe of RFC 8058.
    """
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    result = {
        "Message-ID": f"<{delivery.key}.{delivery.sendings}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if delivery.service_request is not None and delivery.notice != Notice.BACKLOG_LATE:
        result["References"] = f"<{delivery.service_request.reference}@{domain}>"
    if about["unsubscribe"]:
        result |= {
            "List-Unsubscribe": f"<{about['unsubscribe']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return result


def _words(notice: str, about: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return the subject of a notice and its paragraphs.

    The subject is the first paragraph of its template, and the others are the rest.
    """
    text = get_template(f"mail/{notice}.txt").template.render(Context(about, autoescape=False))  # type: ignore[attr-defined]
    subject, *paragraphs = [
        " ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph.strip()
    ]
    return subject, paragraphs


def _confirmation(user: User, delivery: Delivery) -> dict[str, Any]:
    token = links.email_token(user)
    return {"link": links.absolute_url("email-confirm", token), "codes": {"token": token}}


def _reset(user: User, delivery: Delivery) -> dict[str, Any]:
    uid, token = links.reset_proof(user)
    return {
        "link": links.absolute_url("password_reset_confirm", uid, token),
        "codes": {"uid": uid, "token": token},
    }


def _changed(user: User, delivery: Delivery) -> dict[str, Any]:
    change = EmailChange.objects.filter(user=user, old_email=delivery.address).order_by("pk").last()
    if change is None:
        return {"new_address": user.email}
    return {
        "new_address": change.new_email,
        "link": links.absolute_url("email-undo", signing.dumps(change.pk, salt=links.UNDO_SALT)),
    }


def _erasure(user: User, delivery: Delivery) -> dict[str, Any]:
    waiting = Erasure.objects.waiting().filter(user=user).first()
    if waiting is None:
        raise Skip(WhyNot.NOT_NEEDED)
    token = signing.dumps(waiting.pk, salt=links.ERASURE_SALT)
    return {"link": links.absolute_url("erasure-undo", token), "not_before": waiting.not_before}


def _retention(user: User, delivery: Delivery) -> dict[str, Any]:
    """Return the requests whose data are erased next, and the first day."""
    planned = ServiceRequest.objects.filter(
        customer=user, redaction_at__isnull=False, redacted_at=None
    ).order_by("redaction_at", "pk")
    rows = list(planned.values_list("reference", "redaction_at"))
    if not rows:
        raise Skip(WhyNot.NOT_NEEDED)
    return {"references": ", ".join(reference for reference, _at in rows), "day": rows[0][1]}


def _nothing_more(user: User, delivery: Delivery) -> dict[str, Any]:
    return {}


def address_of(delivery: Delivery, user: User) -> str:
    """Return the address of a mail: the one that it is about, or else the account's settled one."""
    if delivery.notice in (Notice.EMAIL_CHANGED, Notice.EMAIL_RESTORED):
        return delivery.address or user.settled_email
    if delivery.notice == Notice.EMAIL_CONFIRMATION:
        return user.email
    return notices.address_for(user, delivery.service_request)


ACCOUNT: Mapping[str, Callable[[User, Delivery], dict[str, Any]]] = {
    Notice.REPORT: report_mails.report_context,
    Notice.BACKLOG_STARTED: backlog.started_context,
    Notice.REVIEWS_OVERDUE: overdue_reviews.overdue_context,
    Notice.EMAIL_CONFIRMATION: _confirmation,
    Notice.EMAIL_CHANGED: _changed,
    Notice.EMAIL_RESTORED: _nothing_more,
    Notice.PASSWORD_CHANGED: _nothing_more,
    Notice.PASSWORD_RESET: _reset,
    Notice.SECOND_FACTOR_SET_UP: _nothing_more,
    Notice.SECOND_FACTOR_CHANGED: _nothing_more,
    Notice.SECOND_FACTOR_REMOVED: _nothing_more,
    Notice.ERASURE_REQUESTED: _erasure,
    Notice.RETENTION: _retention,
}
