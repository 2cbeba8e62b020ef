"""Markup in every column that a person can write.

Every page of the console shows it as text, to every user.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.template.loader import get_template
from django.test import Client
from django.utils import timezone

from gasutil.models import (
    Delivery,
    DeliveryChannel,
    Erasure,
    ErasureReason,
    Event,
    Notice,
    Passkey,
    RequestUpdate,
    Review,
    ServiceRequest,
    User,
)
from gasutil.notify import mails
from gasutil.reports.catalogue import REPORTS_BY_NAME
from tests.admin.sweep import TYPED, Sweep, patterns
from tests.support import markup
from tests.support.console_pages import AGENTS, MANAGERS
from tests.support.notices import report_delivery
from tests.support.page_reader import Page
from tests.support.pages import public

pytestmark = pytest.mark.sweep

# Addresses that give no page; each with its reason.
NO_PAGE: Mapping[str, str] = {
    "logout": "leads to the login",
    "jsi18n": "a script",
    "session": "plain text",
    "login_code": "leads to the login without a password; tests/admin/test_second_factor.py",
    "autocomplete": "JSON",
    "passkey_options": "JSON",
    "view_on_site": "leads to another page",
    "gasutil_incident_reopen": "leads to the incident",
    "gasutil_servicerequest_take": "leads to the ticket",
    "gasutil_servicerequest_take_next": "leads to the ticket",
    "gasutil_servicerequest_presence": "JSON",
    "gasutil_attachment_download": "a file",
    "access_list_export": "a file",
    "gasutil_servicerequest_proof": "a file",
    "gasutil_attachment_thumbnail": "an image",
    "gasutil_attachment_preview": "an image",
    "gasutil_servicerequest_import_file": "leads to the table that was understood",
    "gasutil_servicerequest_import_validate": "leads to the table that was understood",
    "gasutil_bulkrun_run": "leads to the run",
    "gasutil_requestupdate_change": "leads to the ticket",
    "reports": "leads to the first report",
    **{f"report_{name}_csv": "a file" for name in REPORTS_BY_NAME},
    "gasutil_review_change": "leads to the ticket",
    "login": "leads on; see the pages before the login",
    **{
        f"gasutil_{name}": "refused to everyone"
        for name in (
            *(
                f"{model}_{verb}"
                for model in (
                    "backgroundtask",
                    "bulkrun",
                    "delivery",
                    "erasure",
                    "export",
                    "incident",
                    "review",
                    "securityevent",
                )
                for verb in ("add", "delete", "history")
            ),
            *(
                f"{model}_{verb}"
                for model in ("requestupdate", "servicerequest")
                for verb in ("add", "delete", "history")
            ),
            *(f"{model}_delete" for model in ("calendar", "requesttype", "user")),
        )
    },
}
# Columns whose text no page shows; each with its reason.
NOT_SHOWN: Mapping[str, str] = {
    "ConsoleSession.user_agent": (
        "the sweep logs in after the writing; `device_name` shows it as that of an app's login,"
        " which is shown"
    ),
    "DBTaskResult.exception_class_path": "known errors have texts of their own",
    "EmailChange.old_email": "mails have it",
    "EmailChange.new_email": "mails have it",
    "User.previous_email": "mails have it",
    "HistoricalIncident.title": "an incident's page says what happened, not what it was called",
    "HistoricalIncident.notes": "as its title",
    "HistoricalIncident.history_change_reason": "the page has a text for each",
    "RequestUpdate.history_change_reason": "always empty",
    "HistoricalWebhook.state_reason": "the webhook's own page has the present one",
    "HistoricalMachineAccount.name": "the page has a text for each, and the present name",
    "EventTicket.digest": "no page has tickets of the stream",
    "ReportKey.key": "no page has keys of reports",
    "ReportKey.fingerprint": "no page has keys of reports",
    "ReportKey.etag": "no page has keys of reports",
    "ReportKey.location": "no page has keys of reports",
    "ExternalReference.system": "the API has it, and no page yet",
    "ExternalReference.external_id": "the API has it, and no page yet",
    "ExternalReference.url": "the API has it, and no page yet",
    "ServiceRequest.contact_email": "mails have it",
    "ServiceRequest.safety_translations": (
        "pages show that of their language, where they show `safety_instructions`, which is shown"
    ),
    "RequestType.translated_from": "digests, which pages only compare",
    "HistoricalRequestType.translated_from": "as those of the type",
    **dict.fromkeys(
        (
            *("RequestType.approved_safety", "RequestType.approved_spoken"),
            *("HistoricalRequestType.approved_safety", "HistoricalRequestType.approved_spoken"),
        ),
        "a copy of the texts, which pages only compare",
    ),
    "AccessReview.digest": "a digest, which the page compares",
    "AuthenticatorApp.sealed_secret": "a secret, which is shown once and unsealed",
    "RecoveryCode.digest": "a digest of a code, which is shown once",
    "HistoricalGroup.name": "a group's history says what happened, not what it was called",
    "HistoricalGroup.history_change_reason": "always empty",
    "RequestUpdate.reason_code": "the page has a text for each",
    "RequestUpdate.sha256": "a digest that a file is compared with",
    **dict.fromkeys(
        (
            *("Checkpoint.signatures", "Checkpoint.text", "Cosignature.line"),
            *("Cosignature.witness", "Leaf.digests", "LogKey.vkey", "LogStatement.content"),
            *("ProofState.origin", "ProofState.positions", "Witness.error", "Witness.name"),
            *(
                "CheckpointTimestamp.authority",
                "TimestampAuthority.error",
                "TimestampAuthority.url",
            ),
        ),
        "no page has the log of the history",
    ),
    "LogEntry.object_repr": "no page has Django's own log",
    "LogEntry.change_message": "no page has Django's own log",
}
MARKED_SAFE = re.compile(r"\|\s*safe(seq)?\b|autoescape\s+off")


@pytest.fixture
def marked(
    leak: ServiceRequest,
    customer: User,
    neighbour: User,
    pending: User,
    support: User,
    manager: User,
    root: User,
    settings: Any,
    tmp_path: Any,
) -> list[markup.Column]:
    settings.MEDIA_ROOT = tmp_path
    markup.fill(customer, neighbour, support, manager, root)
    settings.SECOND_FACTOR_ROLES = ["support"]  # so that the sweep removes no passkey
    Passkey.objects.create(user=support, name="Phone", credential_id="AQ", public_key=b"key")
    User.objects.filter(pk=support.pk).update(has_second_factor=True)
    now = timezone.now()
    Erasure.objects.create(
        user=neighbour, reason=ErasureReason.ASKED, not_before=now, undone_at=now
    )
    return markup.write_everywhere()


@pytest.fixture
def sweeps(
    marked: list[markup.Column], support: User, manager: User, root: User
) -> dict[str, Sweep]:
    """The pages that an agent, a manager and a superuser get."""
    result = {"support": Sweep(support), "manager": Sweep(manager), "root": Sweep(root)}
    for sweep in result.values():
        sweep.run()
    return result


def test_every_page_shows_text_as_text(
    sweeps: dict[str, Sweep], marked: list[markup.Column]
) -> None:
    raw = {what: path for sweep in sweeps.values() for what, path in sweep.raw.items()}
    assert raw == {}, {
        str(column)
        for column in marked
        for what in raw
        if column.number in map(int, markup.MARK.findall(what))
    }

    names = {name for name, _ in patterns(admin.site.urls[0])}
    reached = set[str]().union(*(sweep.reached for sweep in sweeps.values()))
    assert names - reached == NO_PAGE.keys(), "A page that is not reached is not tested."
    assert AGENTS - sweeps["support"].reached - NO_PAGE.keys() == set()
    assert MANAGERS - sweeps["manager"].reached - NO_PAGE.keys() == set()

    shown = set[int]().union(*(sweep.marks for sweep in sweeps.values()))
    not_shown = sorted(str(column) for column in marked if column.number not in shown)
    assert set(not_shown) ^ NOT_SHOWN.keys() == set(), "A column that is not shown is not tested."

    assert {what: path for sweep in sweeps.values() for what, path in sweep.writes.items()} == {}, (
        "A GET changes nothing."
    )

    used = {Path(file) for sweep in sweeps.values() for file in sweep.templates}
    assert {file for file in used if MARKED_SAFE.search(file.read_text())} == set()
    assert len(used) > 100


def test_no_template_of_ours_marks_a_text_safe(settings: Any) -> None:
    [folder] = settings.TEMPLATES[0]["DIRS"]
    result = {
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and MARKED_SAFE.search(file.read_text())
    }
    assert result == {"ninja/swagger.html"}  # settings of the code's, as JSON


@pytest.mark.parametrize(
    ("template", "expression", "path"),
    [
        (
            "unfold/helpers/help_text.html",
            "help_text",
            "/admin/gasutil/servicerequest/new/?customer={customer}&request_type=survey",
        ),
        (
            "gasutil/ticket_line.html",
            "line.author",
            "/admin/gasutil/servicerequest/{ticket}/change/",
        ),
        ("gasutil/peek.html", "value", "/admin/gasutil/servicerequest/{ticket}/peek/"),
        ("gasutil/emergency_alarm.html", "alarm.address", "/admin/gasutil/servicerequest/live/"),
    ],
)
def test_a_template_that_marks_a_text_safe_fails_it(
    template: str,
    expression: str,
    path: str,
    marked: list[markup.Column],
    customer: User,
    root: User,
    settings: Any,
    tmp_path: Path,
) -> None:
    path = path.format(
        customer=customer.pk,
        ticket=RequestUpdate.objects.filter(event=Event.ATTACHED).latest("history_id").id,
    )
    sweep = Sweep(root)
    sweep.get(path)
    assert sweep.raw == {}

    source = Path(get_template(template).origin.name).read_text()
    assert f"{{{{ {expression} }}}}" in source
    (tmp_path / template).parent.mkdir(parents=True)
    (tmp_path / template).write_text(
        source.replace(f"{{{{ {expression} }}}}", f"{{{{ {expression}|safe }}}}")
    )
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]
    sweep = Sweep(root)
    sweep.get(path)
    assert sweep.raw


def test_the_pages_before_the_login_show_text_as_text(
    marked: list[markup.Column], support: User, customer: User, console: Any
) -> None:
    for user in (support, customer):
        client = console(customer) if user is customer else Client()
        answers = [client.get(seen.path, follow=True) for seen in public(user)]
        answers += [
            client.get("/admin/login/", {"next": TYPED}),
            client.post("/admin/login/", {"username": TYPED, "password": TYPED, "next": TYPED}),
        ]
        answers += [
            client.get(f"/{quote(TYPED)}/"),
            client.post(f"/email/confirm/{quote(TYPED, safe='')}/"),
        ]
        answers += [
            client.get(
                "/admin/",
                headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver/{TYPED}"},
            )
        ]
        assert {answer.status_code for answer in answers} <= {200, 400, 401, 404}
        assert {raw for answer in answers for raw in Page(answer.content.decode()).raw} == set()


def test_mails_show_text_as_text(marked: list[markup.Column], customer: User) -> None:
    customer, update = (
        User.objects.get(pk=customer.pk),
        RequestUpdate.objects.filter(event=Event.ATTACHED).latest("history_id"),
    )
    Erasure.objects.create(user=customer, reason=ErasureReason.OWN, not_before=timezone.now())
    report = report_delivery(customer)
    ServiceRequest.objects.filter(customer=customer).update(redaction_at=timezone.now())
    Review.objects.create(
        service_request_id=update.id, round=9, reason="emergency", due_at=update.history_date
    )
    marks = set[int]()
    for notice in Notice:
        about = (
            {}
            if notice in mails.ACCOUNT
            else {"service_request": ServiceRequest.objects.get(pk=update.id), "update": update}
        )
        delivery = Delivery(channel=DeliveryChannel.MAIL, notice=notice, user=customer, **about)
        if notice == Notice.REPORT:
            delivery = report
        [page] = [Page(content) for content, _ in mails.compose(delivery, customer).alternatives]
        assert page.raw == set(), notice
        marks |= page.marks
    assert len(marks) > 5
