"""The pages of the console, by the users who get them."""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver

from gasutil.models import Import, UserType
from gasutil.reports.catalogue import REPORTS_BY_NAME

ANYONE = {"login", "login_code", "passkey_options", "jsi18n"}
OF_CUSTOMERS = ("/export-data/", "/erase/", "/undo-erasure/")  # pages of accounts of customers


AGENTS = {
    "index",
    "search",
    "session",
    "password_change",
    "password_change_done",
    "app_list",
    "gasutil_bulkrun_changelist",
    "gasutil_bulkrun_change",
    "gasutil_bulkrun_progress",
    "gasutil_incident_changelist",
    "gasutil_incident_change",
    "gasutil_incident_comment",
    "gasutil_incident_close",
    "gasutil_servicerequest_changelist",
    "gasutil_servicerequest_change",
    "gasutil_servicerequest_new",
    "gasutil_servicerequest_live",
    "gasutil_servicerequest_new_callers",
    "gasutil_servicerequest_new_similar",
    "gasutil_servicerequest_peek",
    "gasutil_servicerequest_replies",
    "gasutil_servicerequest_save_view",
    "my_notices",
    "my_sessions",
    "second_factor",
    *(
        f"gasutil_servicerequest_{verb}"
        for verb in (
            "assign",
            "cancel",
            "comment",
            "explain_breach",
            "hold",
            "join",
            "leave",
            "prioritise",
            "record",
            "refer",
        )
    ),
    *(
        f"gasutil_servicerequest_{verb}"
        for verb in ("reclassify", "reopen", "resolve", "resume", "start")
    ),
}


MANAGERS = AGENTS | {
    "gasutil_backgroundtask_changelist",
    "gasutil_backgroundtask_change",
    "task_run_again",
    *(
        f"gasutil_cannedreply_{name}"
        for name in ("changelist", "add", "change", "delete", "history")
    ),
    *(f"gasutil_delivery_{name}" for name in ("changelist", "change", "send_again")),
    *(f"gasutil_team_{name}" for name in ("changelist", "add", "change", "delete", "history")),
    *(f"gasutil_webhook_{name}" for name in ("changelist", "add", "change", "delete", "history")),
    *(f"gasutil_machineaccount_{name}" for name in ("changelist", "add", "change", "history")),
    *(f"gasutil_machineaccount_{verb}" for verb in ("rotate_key", "revoke")),
    *(f"gasutil_webhook_{verb}" for verb in ("pause", "resume", "rotate_secret", "send_test")),
    "gasutil_servicerequest_story",
    "reports",
    "report_emails",
    *(f"report_{name}{part}" for name in REPORTS_BY_NAME for part in ("", "_csv")),
    "gasutil_servicerequest_proof",
    *("who_may", "access_list"),
    "gasutil_servicerequest_review",
    "gasutil_servicerequest_return_for_work",
    "gasutil_review_changelist",
    "gasutil_review_change",  # which leads to the ticket
    "auth_group_changelist",
    "auth_group_change",
    "auth_group_history",
    "gasutil_calendar_changelist",
    "gasutil_calendar_add",
    "gasutil_calendar_change",
    "gasutil_calendar_history",
    "gasutil_export_changelist",
    "gasutil_export_change",
    "gasutil_requestupdate_changelist",
    "gasutil_requestupdate_change",  # which leads to the ticket
    "gasutil_requestupdate_export",
    "gasutil_requestupdate_save_view",
    "gasutil_requesttype_changelist",
    "gasutil_requesttype_change",
    "gasutil_requesttype_add",
    "gasutil_requesttype_history",
    "gasutil_requesttype_approve_safety",
    "gasutil_requesttype_translations",
    *(f"gasutil_securityevent_{name}" for name in ("changelist", "change", "export")),
    "gasutil_securityevent_affected_persons",
    "gasutil_servicerequest_export",
    "gasutil_servicerequest_import",
    "gasutil_user_changelist",
    "gasutil_user_change",
    "gasutil_user_history",
    "gasutil_user_approve",
    "gasutil_user_reject",
    "gasutil_user_withdraw_approval",
    "gasutil_user_reset_second_factor",
    "gasutil_user_export_data",
    "gasutil_user_erase",
    "gasutil_user_undo_erasure",
    "gasutil_erasure_changelist",
    "gasutil_erasure_change",
    "gasutil_user_export",
}


# Pages that ask again who the user is before they do what was sent.
STEP_UP = {
    "access_list",
    "access_list_export",
    *(f"auth_group_{name}" for name in ("add", "change", "changelist", "delete")),
    "auth_user_password_change",
    *(f"gasutil_machineaccount_{name}" for name in ("add", "change", "changelist", "delete")),
    *(f"gasutil_machineaccount_{verb}" for verb in ("rotate_key", "revoke")),
    "gasutil_requesttype_approve_safety",
    "gasutil_requestupdate_export",
    "gasutil_securityevent_export",
    "gasutil_securityevent_affected_persons",
    "gasutil_servicerequest_export",
    *(f"gasutil_user_{name}" for name in ("add", "change", "changelist", "delete", "export")),
    *(f"gasutil_user_{verb}" for verb in ("approve", "reject", "withdraw_approval")),
    "gasutil_user_reset_second_factor",
    *(f"gasutil_user_{verb}" for verb in ("export_data", "erase", "undo_erasure")),
    *(f"gasutil_webhook_{name}" for name in ("add", "change", "changelist", "delete")),
    "gasutil_webhook_rotate_secret",
}


def addresses(patterns: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and the pattern of every address of the console."""
    for item in patterns:
        pattern = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from addresses(item.url_patterns, pattern)
        elif (
            isinstance(item, URLPattern)
            and item.name
            and item.name not in ("logout", "view_on_site", "autocomplete")
        ):
            yield item.name, pattern


def path_of(pattern: str) -> str:
    """Return an address of a pattern, with an existing object."""
    if "app_label" in pattern:
        return "/admin/gasutil/"
    app, model = [*pattern.split("/"), ""][:2]
    result = apps.all_models.get(app, {}).get(model)
    rows = result._default_manager.order_by("pk") if result else None
    if rows is not None and pattern.endswith(OF_CUSTOMERS):
        rows = rows.filter(user_type=UserType.CUSTOMER)
    obj = rows.first() if rows is not None else None
    path = "/admin/" + re.sub(r"<[^>]*>", str(obj.pk if obj else 1), pattern)
    return re.sub(r"import/\d+/", f"import/{Import.objects.get().pk}/", path)
