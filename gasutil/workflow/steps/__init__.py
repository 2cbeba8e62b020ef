"""The steps of which a verb's change to a request consists.

Each step checks the request, alters it, and says what that means in the log.
"""

from gasutil.workflow.steps.classification import prioritise, reclassify
from gasutil.workflow.steps.comments_and_files import attach, comment, detach
from gasutil.workflow.steps.incidents import join, leave
from gasutil.workflow.steps.milestones import (
    escalate,
    explain,
    milestone_error,
    missed_milestones,
    record,
)
from gasutil.workflow.steps.people import assign, assignee_errors, claim, take
from gasutil.workflow.steps.status import move

__all__ = [
    "assign",
    "assignee_errors",
    "attach",
    "claim",
    "comment",
    "detach",
    "escalate",
    "explain",
    "join",
    "leave",
    "milestone_error",
    "missed_milestones",
    "move",
    "prioritise",
    "reclassify",
    "record",
    "take",
]
