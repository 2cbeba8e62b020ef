"""Who may do what: the page says what happens.

Every role does every thing to a request, by the API and in the console.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from guardian.shortcuts import assign_perm
from pytest_django import Settings

from gasutil import deadlines
from gasutil.access import Actor
from gasutil.admin.accounts.permitted_actions import ON_REQUESTS, PAST, PERMITTED_ACTIONS, Action
from gasutil.admin.accounts.who_may import Holdings, Verdict, decide
from gasutil.admin.requests.dialogs import DIALOGS
from gasutil.groups import STAFF_ROLES
from gasutil.models import MachineScope, ServiceRequest, Status, User, UserType
from gasutil.workflow import incidents, reports, requests
from tests.support.access_matrix import operations
from tests.support.api import Api
from tests.support.bodies import CONNECTION
from tests.support.console import QUEUE, Browser
from tests.support.documents import PDF
from tests.support.machines import make_machine
from tests.support.people import make_role, make_support, make_user

pytestmark = pytest.mark.sweep
NOTES = {"notes": "Checked at the door"}


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """Store files in an empty folder."""
    settings.MEDIA_ROOT = tmp_path


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("bill.pdf", PDF, "application/pdf")


def step_of(obj: ServiceRequest) -> str:
    """Return a step that can be recorded on a request."""
    names = [milestone.name for milestone in deadlines.milestones_of(obj)]
    return next(name for name in names if name not in (deadlines.ACKNOWLEDGED, deadlines.RESOLVED))


def calls_of(obj: ServiceRequest, colleague: User) -> dict[str, tuple[str, str, Any]]:
    """Return the calls of the API for what can be done to a request: name, path and body."""
    one = f"requests/{obj.pk}/"
    incident = incidents.open_incident(actor=Actor(colleague), title="Lake View", reports=[])
    long_ago = {"occurred_at": (timezone.now() - dt.timedelta(days=2)).isoformat()}
    return {
        "see": ("GET", one, None),
        "history": ("GET", f"{one}history/", None),
        "comment": ("POST", f"{one}comments/", NOTES),
        "note": (
            "POST",
            "request-updates/",
            {"service_request": obj.pk, "is_internal": True} | NOTES,
        ),
        "assign": ("PATCH", one, {"assigned_to": colleague.pk}),
        "start": ("PATCH", one, {"status": "in_progress"}),
        "hold": ("PATCH", one, {"status": "on_hold"} | NOTES),
        "resume": ("PATCH", one, {"status": "in_progress"}),
        "resolve": ("PATCH", one, {"status": "resolved"} | NOTES),
        "reopen": ("POST", f"{one}reopen/", NOTES),
        "cancel": ("POST", f"{one}cancel/", NOTES),
        "prioritise": ("PATCH", one, {"priority": "low"} | NOTES),
        "reclassify": ("POST", f"{one}reclassify/", {"request_type": "no_supply"} | NOTES),
        "record": ("POST", f"{one}milestones/", {"milestone": step_of(obj)}),
        PAST: ("POST", "request-updates/", {"service_request": obj.pk} | NOTES | long_ago),
        "join": ("POST", f"incidents/{incident.pk}/reports/", {"reports": [obj.pk]}),
        "refer": ("PUT", f"{one}references/dispatch/", {"id": "WO-4711"}),
    }


def forms_of(obj: ServiceRequest, colleague: User) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the console's dialogs for what can be done to a request: verb and fields."""
    same = {name: (name, NOTES) for name in ("start", "hold", "resume", "reopen", "cancel")}
    outcome = {"outcome": "made_safe"} if obj.is_pressing else {}
    return same | {
        "comment": ("comment", NOTES),
        "note": ("comment", NOTES | {"is_internal": "on"}),
        "attach": ("comment", {}),  # with a file
        "take": ("take", {}),
        "assign": ("assign", {"assigned_to": colleague.pk}),
        "resolve": ("resolve", NOTES | outcome),
        "prioritise": ("prioritise", NOTES | {"priority": "low"}),
        "reclassify": ("reclassify", NOTES | {"request_type": "no_supply"}),
        "record": ("record", {"milestone": step_of(obj)}),
        "join": ("join", {"title": "Lake View"}),
        "leave": ("leave", NOTES),
        "explain_breach": ("explain_breach", {"milestone": step_of(obj), "reason": "weather"}),
        "refer": ("refer", {"system": "dispatch", "external_id": "WO-4711"}),
    }


def test_every_call_and_dialog_about_a_request_is_in_the_sweep(
    connection: ServiceRequest, colleague: User
) -> None:
    forms, calls = forms_of(connection, colleague), calls_of(connection, colleague)
    of_agents = {name for name, dialog in DIALOGS.items() if not dialog.permission}
    assert {verb for verb, _fields in forms.values()} == {*of_agents, "take"}
    assert {action.name for action in ON_REQUESTS} == {*forms, *calls}
    made = {
        (method, path.replace(str(connection.pk), "{id}")) for method, path, _ in calls.values()
    }
    about = {
        name
        for name, (method, path, _) in operations().items()
        if path.startswith(("requests/{id}/", "request-updates/"))
        and (method, path.replace("{system}", "dispatch")) not in made
    }
    assert about == {
        "attach_file",  # a form, below
        "list_request_updates",  # a list: rows of requests that one can see
        "get_request_proof",  # as the request
        "remove_request_reference",  # as setting it
    }


class Ways(NamedTuple):
    """The calls and dialogs for what can be done to a request."""

    calls: dict[str, tuple[str, str, Any]]
    forms: dict[str, tuple[str, dict[str, Any]]]


class Doing:
    """One who does things: by the API, and in the console if they are let in."""

    def __init__(self, actor: Actor, api: Api, *, console: bool) -> None:
        self.actor, self.api = actor, api
        self.browser = Browser(raise_request_exception=False) if console else None
        if self.browser and actor.user:
            self.browser.force_login(
                actor.user, backend="gasutil.identity.backend.ThrottledBackend"
            )

    @classmethod
    def of(cls, user: User, **more: Any) -> "Doing":
        return cls(Actor(user), more.get("api") or Api(user), console=True)

    def calls(self, action: str, obj: ServiceRequest, ways: "Ways") -> bool | None:
        """Return whether a call works; None if there is none."""
        if action == "attach":
            return self.works(lambda: self.api.send(f"requests/{obj.pk}/attachments/", file=pdf()))
        call = ways.calls.get(action)
        return None if call is None else self.works(lambda: self.api(*call))

    def clicks(self, action: str, obj: ServiceRequest, ways: "Ways") -> bool | None:
        """Return whether a dialog changes the request; None if there is none."""
        form = ways.forms.get(action)
        if form is None or self.browser is None:
            return None
        fields = {"attachments": pdf()} if action == "attach" else form[1]
        version = ServiceRequest.objects.get(pk=obj.pk).version
        with transaction.atomic():
            self.browser.post(
                f"{QUEUE}{obj.pk}/{form[0]}/",
                {"_form_submitted": "on"} | fields,
                headers={"HX-Request": "true"},
            )
            is_changed = ServiceRequest.objects.get(pk=obj.pk).version != version
            transaction.set_rollback(True)
        return is_changed

    @staticmethod
    def works(call: Callable[[], Any]) -> bool:
        with transaction.atomic():
            response = call()
            transaction.set_rollback(True)
        assert response.status_code in (200, 201, 401, 403, 404, 409), response.content
        return bool(response.status_code < 400)


def cast(obj: ServiceRequest) -> dict[str, Doing]:
    """Return one of each role, and the others who can try."""
    staff = {
        str(role.label): Doing.of(make_role(f"role{number}", role.groups))
        for number, role in enumerate(STAFF_ROLES)
    }
    viewer = make_user("viewer")
    assign_perm("view_servicerequest", viewer, obj)
    pending = make_user("waiting", user_type=UserType.SUPPORT)
    root = make_support("chief", is_superuser=True)
    gone = make_support("gone")
    api_of_gone = Api(gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    machines = {
        scope: make_machine(scope, name=f"Machine {scope}") for scope in MachineScope.values
    }
    return {
        **staff,
        "without a role": Doing.of(make_role("norole", [])),
        "by the API only": Doing(
            Actor(make_support("remote", is_staff=False)),
            Api(User.objects.get(username="remote")),
            console=False,
        ),
        "superuser": Doing.of(root),
        "pending": Doing.of(pending),
        "deactivated": Doing(Actor(User.objects.get(pk=gone.pk)), api_of_gone, console=False),
        "owner": Doing(Actor(obj.customer), Api(obj.customer), console=False),
        "viewer": Doing(Actor(viewer), Api(viewer), console=False),
        "neighbour": Doing.of(make_user("stranger")),
        **{
            scope: Doing(Actor(None, machine=api.account), api, console=False)
            for scope, api in machines.items()
        },
    }


def said(doing: Doing, action: Action, obj: ServiceRequest) -> Verdict:
    user = doing.actor.user
    holdings = Holdings.of([user] if user else [])
    fresh = ServiceRequest.objects.select_related("request_type").get(pk=obj.pk)
    return decide(doing.actor, action, fresh, holdings, timezone.now())


def is_another_call(action: str, obj: ServiceRequest) -> bool:
    """Return whether the call with the status of an action does something else to a request.

    With its present status it is a note, and `in_progress` may be a start or the end of a hold.
    """
    status = Status(obj.status)
    return (
        (action == "start" and status != Status.PENDING)
        or (action == "resume" and status != Status.ON_HOLD)
        or (action, status) in {("hold", Status.ON_HOLD), ("resolve", Status.RESOLVED)}
    )


def differences(doings: dict[str, Doing], obj: ServiceRequest, colleague: User) -> list[Any]:
    """Return where the page says something else than what happens."""
    result, ways = [], Ways(calls_of(obj, colleague), forms_of(obj, colleague))
    for name, doing in doings.items():
        for action in ON_REQUESTS:
            verdict = said(doing, action, obj)
            for way in (doing.calls, doing.clicks):
                if way == doing.calls and is_another_call(action.name, obj):
                    continue
                works = way(action.name, obj, ways)
                if works is not None and works is not verdict.allowed:
                    result.append((name, action.name, way.__name__, works, verdict))
    return result


def old(obj: ServiceRequest) -> ServiceRequest:
    """Return a request that was received some days ago."""
    ServiceRequest.objects.filter(pk=obj.pk).update(
        received_at=timezone.now() - dt.timedelta(days=3)
    )
    return ServiceRequest.objects.get(pk=obj.pk)


def miss(obj: ServiceRequest, actor: Actor) -> None:
    """Let a request be late with every step."""
    for milestone in obj.milestones:
        milestone["due_at"] = (timezone.now() - dt.timedelta(hours=1)).isoformat()
    ServiceRequest.objects.filter(pk=obj.pk).update(milestones=obj.milestones)


STATES: dict[str, Callable[[ServiceRequest, Actor], Any]] = {
    "pending": lambda obj, actor: None,
    "late": miss,
    "on hold": lambda obj, actor: requests.hold(obj.pk, actor=actor, notes="Which flat?"),
    "in an incident": lambda obj, actor: incidents.open_incident(
        actor=actor, title="Lake View", reports=[obj.pk]
    ),
    "resolved": lambda obj, actor: requests.resolve(obj.pk, actor=actor, notes="Done"),
    "cancelled": lambda obj, actor: requests.cancel(obj.pk, actor=actor, notes="Twice"),
}


FEW = ("Agent", "Auditor", "owner", "requests:work")


@pytest.mark.parametrize("state", STATES)
def test_the_page_says_what_happens(
    state: str, connection: ServiceRequest, colleague: User
) -> None:
    STATES[state](connection, Actor(colleague))
    obj = old(connection)
    doings = cast(obj)
    if state != "pending":  # what depends on the state is the same for others
        doings = {name: doings[name] for name in FEW}
    assert differences(doings, obj, colleague) == []


def test_the_page_says_what_happens_to_an_emergency(leak: ServiceRequest, colleague: User) -> None:
    obj = old(leak)
    assert differences(cast(obj), obj, colleague) == []


def test_the_page_says_what_the_link_for_tracking_opens(colleague: User) -> None:
    report = reports.report_emergency(address="1 High Street")
    api = Api()
    api.headers = {"Authorization": f"Bearer {report.tracking_token}"}
    doing = Doing(Actor(report.customer, request_id=report.pk), api, console=False)
    assert differences({"reporter": doing}, old(report), colleague) == []


WITHOUT_REQUEST = {
    "submit": ("POST", "requests/", CONNECTION),
    "submit_for_customer": (
        "POST",
        "intake/",
        CONNECTION | {"caller": {"name": "Asha Rao", "phone_number": "+917890123456"}},
    ),
    "read_customers": ("GET", "customers/", None),
    "read_reports": ("GET", "reports/", None),
    "view_webhook": ("GET", "webhooks/", None),
    "add_webhook": (
        "POST",
        "webhooks/",
        {"name": "x", "url": "https://1.1.1.1/desk", "events": ["request.created"]},
    ),
}


def test_the_page_says_who_may_make_the_other_calls(connection: ServiceRequest) -> None:
    wrong = []
    for name, doing in cast(connection).items():
        user = doing.actor.user
        holdings = Holdings.of([user] if user else [])
        for action, call in WITHOUT_REQUEST.items():
            verdict = decide(doing.actor, PERMITTED_ACTIONS[action], None, holdings, timezone.now())
            if doing.works(lambda call=call, doing=doing: doing.api(*call)) is not verdict.allowed:
                wrong.append((name, action, verdict))
    assert wrong == []


def test_the_page_knows_every_permission_as_the_console_does(connection: ServiceRequest) -> None:
    for name, doing in cast(connection).items():
        user = doing.actor.user
        for action in PERMITTED_ACTIONS.values():
            if user is None or not user.is_staff or action in ON_REQUESTS or not action.permissions:
                continue
            holds = all(user.has_perm(f"gasutil.{item}") for item in action.permissions)
            holds = holds or user.has_perm(f"auth.{action.permissions[0]}")
            verdict = decide(doing.actor, action, None, Holdings.of([user]), timezone.now())
            assert verdict.allowed is holds, (name, action.name, verdict)
