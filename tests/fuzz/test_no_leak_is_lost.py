"""No call of any role hides an open emergency.

The calls are those of the API, dialogs of the console and bulk changes, in any order.
`FUZZ_EXAMPLES=2000 pytest tests/fuzz` (or `make fuzz`) searches longer, with another seed each
time.
"""

import datetime as dt
import os
from collections import Counter
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from gasutil import deadlines, figures
from gasutil.access import Actor
from gasutil.admin.requests.queue import QUEUE_VIEWS
from gasutil.errors import DeskError
from gasutil.models import URGENT_FIRST, Channel, Priority, RequestUpdate, ServiceRequest, Status
from gasutil.notify import notices
from gasutil.visible_text import has_words
from gasutil.workflow import bulk, guards, incidents, requests
from tests.support.api import Api
from tests.support.console import Browser
from tests.support.people import make_support, make_user

pytestmark = pytest.mark.sweep

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
CHECKED: "Counter[str]" = Counter()  # the calls that were checked, by their kind
NOTES = st.sampled_from(
    ["", " ", "\u200b", "\u3164", "??", "👍", "No access, no one was home", "Fixed", "रिसाव"]
)
TYPES = st.sampled_from(
    ["gas_leak_inspection", "third_party_damage", "new_connection", "no_supply"]
)
PRIORITIES = st.sampled_from(["low", "normal", "high", "emergency"])
STATUSES = st.sampled_from(list(Status.values))
STAFF = st.sampled_from(["support", "colleague", "manager"])
ANYONE = st.sampled_from(["customer", "support", "colleague", "manager"])
WHICH = st.integers(0, 2)
OUTCOMES = st.sampled_from(
    ["acknowledged", "on_site", "made_safe", "not_a_leak", "no_access", "resolved"]
)


class ServiceDeskMachine(RuleBasedStateMachine):
    """Three requests, of which two start as leaks, and the users who may change them."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        cache.clear()
        self.people = {
            "customer": make_user("customer"),
            "support": make_support("support"),
            "colleague": make_support("colleague"),
        }
        self.people["manager"] = make_user(
            "manager",
            user_type="support",
            is_approved=True,
            is_staff=True,
            is_superuser=True,
            email_confirmed=True,
        )
        request_types = ("gas_leak_inspection", "third_party_damage", "new_connection")
        self.pks = [
            requests.submit(
                actor=Actor(self.people["customer"]),
                request_type=request_type,
                description="It smells",
            ).pk
            for request_type in request_types
        ]
        long_ago = timezone.now() - dt.timedelta(
            days=100
        )  # overdue and high: first in any order that does not know emergencies
        old = requests.submit(
            actor=Actor(self.people["customer"]),
            request_type="new_connection",
            description="Gas, please",
            now=long_ago,
        )
        requests.prioritise(old.pk, actor=Actor(self.people["support"]), priority=Priority.HIGH)
        self.apis = {name: Api(user) for name, user in self.people.items()}
        self.consoles: dict[str, Browser] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # --- What everyone may do
    # --------------------------------------------------------------------------------------
    @rule(
        who=ANYONE, which=WHICH, notes=NOTES, call=st.sampled_from(["cancel", "reopen", "comments"])
    )
    def call(self, who: str, which: int, notes: str, call: str) -> None:
        name = {"comments": "comment"}.get(call, call)
        self.check(
            name,
            who,
            lambda: self.apis[who].post(f"requests/{self.pks[which]}/{call}/", {"notes": notes}),
        )

    @rule(
        who=ANYONE,
        which=WHICH,
        notes=NOTES,
        body=st.fixed_dictionaries(
            {}, optional={"priority": PRIORITIES, "status": STATUSES, "is_internal": st.booleans()}
        ),
        assignee=st.sampled_from(["", "none", "support", "colleague"]),
    )
    def patch(self, who: str, which: int, notes: str, body: dict[str, Any], assignee: str) -> None:
        if assignee:
            body = body | {"assigned_to": None if assignee == "none" else self.people[assignee].pk}
        self.check(
            "patch",
            who,
            lambda: self.apis[who].patch(f"requests/{self.pks[which]}/", {"notes": notes, **body}),
        )

    @rule(who=ANYONE, which=WHICH, notes=NOTES, milestone=OUTCOMES)
    def record(self, who: str, which: int, notes: str, milestone: str) -> None:
        body = {"milestone": milestone, "notes": notes}
        self.check(
            "milestone",
            who,
            lambda: self.apis[who].post(f"requests/{self.pks[which]}/milestones/", body),
        )

    @rule(
        who=STAFF,
        which=WHICH,
        notes=NOTES,
        outcome=st.sampled_from(["made_safe", "not_a_leak", "no_access"]),
    )
    def visit_and_resolve(self, who: str, which: int, notes: str, outcome: str) -> None:
        path = f"requests/{self.pks[which]}/"
        self.check(
            "milestone",
            who,
            lambda: self.apis[who].post(
                f"{path}milestones/", {"milestone": outcome, "notes": notes}
            ),
        )
        self.check(
            "resolve",
            who,
            lambda: self.apis[who].patch(path, {"status": "resolved", "notes": notes}),
        )

    @rule(
        who=STAFF,
        which=WHICH,
        notes=NOTES,
        verb=st.sampled_from(
            [
                "start",
                "hold",
                "resume",
                "resolve",
                "cancel",
                "reopen",
                "prioritise",
                "reclassify",
                "assign",
                "comment",
            ]
        ),
        priority=PRIORITIES,
        request_type=TYPES,
        outcome=st.sampled_from(["", "made_safe", "not_a_leak", "no_access"]),
        is_internal=st.booleans(),
    )
    def press(
        self,
        who: str,
        which: int,
        verb: str,
        priority: str,
        request_type: str,
        outcome: str,
        notes: str,
        is_internal: bool,
    ) -> None:
        obj = ServiceRequest.objects.get(pk=self.pks[which])
        fields = {
            "priority": priority,
            "request_type": request_type,
            "outcome": outcome,
            "notes": notes,
            "assigned_to": self.people["colleague"].pk,
        }
        ticked = {"is_internal": "on"} if is_internal else {}
        name = "take" if verb == "assign" and who == "colleague" else verb
        self.check(name, who, lambda: self.console(who).verb(obj, verb, **fields, **ticked))

    @rule(
        who=STAFF, notes=NOTES, verb=st.sampled_from(sorted(bulk.VERBS)), is_internal=st.booleans()
    )
    def run(self, who: str, notes: str, verb: str, is_internal: bool) -> None:
        def work() -> None:
            actor = Actor(self.people[who], Channel.CONSOLE)
            run = bulk.prepare(actor=actor, verb=verb, pks=self.pks)
            bulk.confirm(
                run.pk,
                actor=actor,
                notes=notes,
                is_internal=is_internal,
                assigned_to=self.people["colleague"].pk,
            )

        self.check(
            {"comment": "mass comment", "assign": "take" if who == "colleague" else "assign"}.get(
                verb, verb
            ),
            who,
            work,
        )

    @rule(who=STAFF, notes=NOTES)
    def close_incident(self, who: str, notes: str) -> None:
        def work() -> None:
            actor = Actor(self.people[who])
            incident = incidents.open_incident(actor=actor, title="Street", reports=self.open_pks())
            incidents.comment(incident.pk, actor=actor, notes=notes)
            incidents.close(incident.pk, actor=actor, notes=notes)

        self.check("resolve", who, work)

    # --- What must hold
    # ---------------------------------------------------------------------------------------------
    def check(self, name: str, who: str, call: Any) -> None:
        """Make one call, and look at every emergency that was open before it."""
        before = {
            obj.pk: obj for obj in ServiceRequest.objects.filter(is_open=True) if obj.is_pressing
        }
        newest = (
            RequestUpdate.objects.order_by("-history_id")
            .values_list("history_id", flat=True)
            .first()
        )
        outcomes = {pk: guards.last_outcome(obj) for pk, obj in before.items()}
        try:
            with transaction.atomic():
                response = call()
        except DeskError:
            response = None
        CHECKED[name] += 1
        assert response is None or response.status_code < 500
        for pk, was in before.items():
            rows = list(
                RequestUpdate.objects.filter(id=pk, history_id__gt=newest).order_by("history_id")
            )
            self.look_at(name, ServiceRequest.objects.get(pk=pk), was, rows, outcomes[pk])
        self.look_at_queue()

    def look_at(
        self, name: str, obj: ServiceRequest, was: ServiceRequest, rows: list[Any], outcome: str
    ) -> None:
        endings = [row for row in rows if notices.ends_emergency(row)]
        if not obj.is_open and obj.status == Status.RESOLVED:
            recorded = [row.subject for row in rows if row.subject in guards.OUTCOMES]
            last = (recorded or [outcome])[-1]
            assert last in guards.SAFE or (not last and any(has_words(row.notes) for row in rows))
        elif not (obj.is_open and obj.is_pressing):
            assert endings, "an emergency has ended unseen"
        for row in endings:
            assert has_words(notices.reason_of(row))
            assert [
                notice
                for _user, notice in notices.recipients_of(row, obj)
                if notice == "emergency_ended"
            ]
        if obj.is_open and obj.is_pressing and not endings:
            assert obj.priority == "emergency"
        assert not obj.is_open or obj.is_pressing == (
            obj.is_emergency or obj.request_type.is_emergency
        )
        if obj.is_open and obj.is_pressing and not endings:
            new = _met(obj) - _met(was)
            assert not new or (
                name != "mass comment" and any(_is_attention(row) for row in rows)
            ), f"{name} records {new}"
            assert obj.escalate_at is not None or _met(obj) or name == "milestone", (
                "its alarm is silent"
            )

    def look_at_queue(self) -> None:
        cache.clear()
        rows = list(ServiceRequest.objects.filter(is_open=True).order_by(*URGENT_FIRST))
        emergencies = [obj.pk for obj in rows if obj.is_pressing]
        assert [obj.pk for obj in rows[: len(emergencies)]] == emergencies
        assert figures.open_stats().emergencies == len(emergencies)
        condition = QUEUE_VIEWS["emergencies"].condition(Actor(self.people["support"]))
        assert set(ServiceRequest.objects.filter(condition).values_list("pk", flat=True)) == set(
            emergencies
        )

    def console(self, who: str) -> Browser:
        if who not in self.consoles:
            self.consoles[who] = Browser(raise_request_exception=False)
            self.consoles[who].force_login(
                self.people[who], backend="gasutil.identity.backend.ThrottledBackend"
            )
        return self.consoles[who]

    def open_pks(self) -> list[int]:
        return list(
            ServiceRequest.objects.filter(pk__in=self.pks, is_open=True).values_list(
                "pk", flat=True
            )
        )


def _met(obj: ServiceRequest) -> set[str]:
    return {
        milestone.name for milestone in deadlines.milestones_of(obj) if milestone.met_at is not None
    }


def _is_attention(row: Any) -> bool:
    """Return whether a history row shows attention, by the contract's list.

    That is, that a support representative has looked at the request.
    """
    if row.history_user is None or row.history_user.user_type != "support":
        return False
    changed = set(row.changed.split(","))
    takes = "assigned_to" in changed and row.assigned_to_id == row.history_user_id
    starts = (row.previous_status, row.status) == (Status.PENDING, Status.IN_PROGRESS)
    resolves = "status" in changed and row.status == Status.RESOLVED
    writes = (
        row.event == "request.commented"
        and changed <= {"", "respond_by", "resolve_by"}
        and not row.is_internal
    )
    return takes or starts or resolves or writes or row.event == "request.milestone"


@pytest.mark.usefixtures("db")
def test_no_single_call_hides_an_open_emergency() -> None:
    is_long = "FUZZ_EXAMPLES" in os.environ
    CHECKED.clear()
    run_state_machine_as_test(
        ServiceDeskMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=12,
            deadline=None,
            derandomize=not is_long,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert len(CHECKED) > 5, CHECKED  # kinds of calls after which the emergencies were looked at
