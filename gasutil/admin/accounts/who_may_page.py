"""The page “Who can do this?”: who may see a request or do something, and why."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from gasutil import access
from gasutil.access import Actor
from gasutil.admin.accounts.permitted_actions import ACTIONS_BY_SUBJECT, PERMITTED_ACTIONS, Action
from gasutil.admin.accounts.who_may import Holdings, Verdict, decide
from gasutil.admin.base.http import actor_of
from gasutil.identity.tracking import LIFETIME
from gasutil.models import MachineAccount, ServiceRequest, User
from gasutil.workflow import access_reviews

SEE = "see"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Someone who may or may not do something; `key` names them in the form."""

    key: str
    name: str
    about: str
    actor: Actor

    @property
    def account_url(self) -> str:
        """Return the page of the account; nothing for a holder of a link."""
        model, _dash, pk = self.key.partition("-")
        names = {"user": "gasutil_user_change", "machine": "gasutil_machineaccount_change"}
        return reverse(f"admin:{names[model]}", args=[pk]) if self.key else ""

    @property
    def url(self) -> str:
        """Return the page of what they may do."""
        return f"{reverse('admin:who_may')}?who={self.key}"


class QuestionForm(forms.Form):
    """What is asked: a request, an action, a person, or some of these."""

    request = forms.CharField(
        label=gettext_lazy("Request"),
        required=False,
        max_length=40,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "off", "placeholder": gettext_lazy("Reference")}
        ),
    )
    action = forms.ChoiceField(
        label=gettext_lazy("Action"), required=False, widget=UnfoldAdminSelectWidget()
    )
    who = forms.ChoiceField(
        label=gettext_lazy("Who"), required=False, widget=UnfoldAdminSelectWidget()
    )

    def __init__(self, data: Any, *, actor: Actor, candidates: Sequence[Candidate]) -> None:
        super().__init__(data)
        self.actor = actor
        self.obj: ServiceRequest | None = None
        self.candidates = {candidate.key: candidate for candidate in candidates}
        choices: Any = self.fields["action"]
        choices.choices = [
            ("", _("Any")),
            *(
                (subject, [(item.name, item.label) for item in items])
                for subject, items in ACTIONS_BY_SUBJECT
            ),
        ]
        people: Any = self.fields["who"]
        people.choices = [("", _("Everyone"))]
        people.choices += [(item.key, item.name) for item in candidates]

    def clean_request(self) -> str:
        """Find the request; add an error for a reference that there is none of."""
        reference: str = self.cleaned_data["request"].strip().upper()
        rows = access.visible_to(self.actor, ServiceRequest)
        related = rows.select_related("request_type", "customer", "incident")
        self.obj = related.filter(reference=reference).first()
        if reference and self.obj is None:
            raise forms.ValidationError(_("There is no request with this reference."))
        return reference

    def chosen_action(self) -> Action | None:
        """Return the action; that of seeing, if only a request was asked about."""
        named = self.cleaned_data["action"]
        is_request_alone = self.obj is not None and not self.cleaned_data["who"]
        return PERMITTED_ACTIONS.get(named or (SEE if is_request_alone else ""))


@require_safe
def who_may(request: HttpRequest) -> HttpResponse:
    """Show who may do something and why, or what one of them may do."""
    if not request.user.has_perm(access_reviews.VIEW):
        raise PermissionDenied
    now = timezone.now()
    staff = [*_staff(), *_machines()]
    asked = _asked_for(request.GET.get("who", ""), staff)
    form = QuestionForm(request.GET or None, actor=actor_of(request), candidates=[*staff, *asked])
    shown: dict[str, Any] = {
        **admin.site.each_context(request),
        "form": form,
        "title": _("Who can do this?"),
    }
    if form.is_valid():
        shown |= _answer(form, [*staff, *_holders(form.obj, now)], now)
    return render(request, "gasutil/who_may.html", shown)


def _answer(
    form: QuestionForm, candidates: Sequence[Candidate], now: dt.datetime
) -> dict[str, Any]:
    """Return what the page shows: about one of them, or about one action."""
    action, obj = form.chosen_action(), form.obj
    one = form.candidates.get(form.cleaned_data["who"])
    people = [one] if one else candidates
    holdings = Holdings.of([item.actor.user for item in people if item.actor.user])
    if one is not None:
        wanted = [("", [action])] if action else ACTIONS_BY_SUBJECT
        groups = [
            (subject, [(item, decide(one.actor, item, obj, holdings, now)) for item in items])
            for subject, items in wanted
        ]
        return {"obj": obj, "one": one, "groups": groups}
    if action is None:
        return {}
    verdicts = [(item, decide(item.actor, action, obj, holdings, now)) for item in candidates]
    return {
        "obj": obj,
        "action": action,
        "allowed": _only(verdicts, allowed=True),
        "others": _only(verdicts, allowed=False),
        "customers": obj is None and not access.HOLDERS.isdisjoint(_as_roles(action)),
    }


def _as_roles(action: Action) -> frozenset[access.Role]:
    """Return the roles of an action, with that of the customers who own a request."""
    owners = {access.Role.CUSTOMER} if access.Role.OWNER in action.roles else set()
    return action.roles | owners


def _only(
    verdicts: Sequence[tuple[Candidate, Verdict]], *, allowed: bool
) -> list[tuple[Candidate, Verdict]]:
    return [(item, verdict) for item, verdict in verdicts if verdict.allowed is allowed]


def _candidate(user: User) -> Candidate:
    return Candidate(key=f"user-{user.pk}", name=str(user), about=user.username, actor=Actor(user))


def _staff() -> Iterator[Candidate]:
    rows = access_reviews.staff_accounts().order_by("first_name", "last_name", "pk")
    return (_candidate(user) for user in rows)


def _machines() -> Iterator[Candidate]:
    for machine in MachineAccount.objects.select_related("owner"):
        yield Candidate(
            key=f"machine-{machine.pk}",
            name=machine.name,
            about=_("Machine account of %(owner)s") % {"owner": machine.owner},
            actor=Actor(None, machine=machine),
        )


def _holders(obj: ServiceRequest | None, now: dt.datetime) -> Iterator[Candidate]:
    """Yield the customers with a permission on a request, and who has the link for tracking it."""
    for user in access.grants_on(obj) if obj is not None else ():
        if not user.is_unclaimed:
            yield _candidate(user)
        elif obj is not None and user.is_active and now - obj.created_at < LIFETIME:
            yield Candidate(
                key="",
                name=_("Anyone with the link for tracking it"),
                about=str(user),
                actor=Actor(user, request_id=obj.pk),
            )


def _asked_for(key: str, known: Sequence[Candidate]) -> list[Candidate]:
    """Return the customer whom a link to the page names, if it does."""
    number = key.removeprefix("user-")
    if key in {item.key for item in known} or not (number.isascii() and number.isdecimal()):
        return []
    is_id = number != key and len(number) <= 18
    rows = User.objects.filter(pk=int(number), is_unclaimed=False) if is_id else []
    return [_candidate(user) for user in rows]
