"""The scenarios of the demonstration: what can happen to a request of each type, and when."""

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from gasutil import clock_starts, deadlines
from gasutil.access import Actor
from gasutil.models import RequestType, ServiceRequest
from gasutil.workflow import requests


@dataclass
class Story:
    """One request of the demonstration, while its steps are made."""

    request_type: RequestType
    texts: Mapping[str, Any]
    customer: Actor
    agent: Actor
    chance: random.Random
    is_left: bool = False  # no one acknowledges its alarms
    pk: int = 0

    def asks(self, at: dt.datetime, which: int | None = None) -> "ScenarioStep":
        """Return the step that files it, with one of the story's texts."""
        asked = (
            self.chance.choice(self.texts["asked"]) if which is None else self.texts["asked"][which]
        )
        answers = dated(asked["details"], at)
        return ScenarioStep(
            at,
            self,
            requests.submit,
            {
                "actor": self.customer,
                "request_type": self.request_type.code,
                "description": asked["text"],
                "details": answers,
            },
        )

    def agent_does(
        self, at: dt.datetime, verb: Any, say: str = "", **arguments: Any
    ) -> "ScenarioStep":
        """Return a step of its agent's, with one of the story's texts."""
        notes = {"notes": self.chance.choice(self.texts[say])} if say else {}
        return ScenarioStep(at, self, verb, {"actor": self.agent} | notes | arguments)

    def customer_does(self, at: dt.datetime, verb: Any, notes: str) -> "ScenarioStep":
        """Return a step of its customer's."""
        return ScenarioStep(at, self, verb, {"actor": self.customer, "notes": notes})


@dataclass(frozen=True)
class ScenarioStep:
    """One verb at its time."""

    at: dt.datetime
    story: Story
    verb: Any
    arguments: dict[str, Any] = field(default_factory=dict)

    def take(self) -> None:
        """Call the verb."""
        if self.verb is requests.submit:
            self.story.pk = requests.submit(now=self.at, **self.arguments).pk
        else:
            self.verb(self.story.pk, now=self.at, **self.arguments)


def dated(answers: Mapping[str, Any], filed: dt.datetime) -> dict[str, Any]:
    """Return answers with their days and hours counted from when they are given.

    A wish for a day that has gone by is left out.
    """
    result = {}
    for name, answer in answers.items():
        if not isinstance(answer, dict):
            result[name] = answer
        elif "hours" in answer:
            result[name] = (filed + dt.timedelta(**answer)).isoformat(timespec="minutes")
        elif answer["days"] <= 0 or filed + dt.timedelta(**answer) > timezone.now() + dt.timedelta(
            days=1
        ):
            result[name] = (timezone.localdate(filed) + dt.timedelta(**answer)).isoformat()
    return result


def script(story: Story, filed: dt.datetime) -> Iterator[ScenarioStep]:
    """Yield the steps of a scenario, mostly within its deadlines."""
    chance, is_emergency = story.chance, story.request_type.is_emergency
    acknowledged, *between, resolved = limits(story.request_type, filed)
    yield story.asks(filed)
    at = toward(acknowledged, filed, pace(chance))
    yield story.agent_does(at, requests.assign, assigned_to=story.agent.id)
    at = toward([*between, resolved][0], at, chance.uniform(0.05, 0.2))
    if not is_emergency and chance.random() < 0.06:
        yield story.customer_does(at, requests.cancel, "No longer needed, thank you.")
        return
    yield story.agent_does(at, requests.start, "started")
    if chance.random() < 0.35:
        at += dt.timedelta(minutes=chance.uniform(1, 9))
        yield story.agent_does(at, requests.comment, "internal", is_internal=True)
    if chance.random() < 0.35:
        at = toward([*between, resolved][0], at, chance.uniform(0.05, 0.2))
        yield story.agent_does(at, requests.hold, "waiting")
        held, at = (
            at,
            at
            + dt.timedelta(
                hours=chance.uniform(0.1, 0.3) if is_emergency else chance.uniform(6, 200)
            ),
        )
        yield story.customer_does(at, requests.comment, chance.choice(story.texts["answered"]))
        for step in [] if is_emergency else [*between, resolved]:
            step.stop(held)
            step.resume(at)
    for step in between:
        at = toward(step, at, pace(chance))
        yield story.agent_does(at, requests.record_milestone, milestone=step.name)
    at = toward(resolved, at, pace(chance))
    yield story.agent_does(at, requests.resolve, "done")
    if chance.random() < 0.06:
        at += dt.timedelta(days=chance.uniform(0.5, 9))
        yield story.customer_does(
            at, requests.reopen, "It is the same again as before. Please have another look."
        )
        resolved.restart(at)
        yield story.agent_does(
            toward(resolved, at, 0.2),
            requests.resolve,
            notes="Looked at once more and put right. Sorry for the trouble.",
        )


def limits(request_type: RequestType, filed: dt.datetime) -> list[deadlines.Milestone]:
    """Return the milestones that a request of a type has when it is filed."""
    obj = ServiceRequest()
    clock_starts.begin(obj, request_type, filed)
    return deadlines.milestones_of(obj)


def pace(chance: random.Random) -> float:
    """Return the share of the time for a milestone that is used up until it is reached.

    Now and then that is all and more.
    """
    return chance.uniform(0.1, 0.45) if chance.random() < 0.97 else chance.uniform(1.1, 1.6)


def toward(milestone: deadlines.Milestone, at: dt.datetime, share: float) -> dt.datetime:
    """Return the moment at which a share of the time left for a milestone has been used up.

    At least a minute has been used up.
    """
    left = milestone.clock.between(at, milestone.due_at)
    return milestone.clock.add(at, left * share) + dt.timedelta(minutes=1)
