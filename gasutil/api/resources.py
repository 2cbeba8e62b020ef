"""The declaration of the whole API: resources, their representations, the roles and the verbs."""

from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from pydantic import Field

from gasutil import access, deadlines, disputes, figures, updates
from gasutil.access import (
    ANY_ACCOUNT,
    CUSTOMERS,
    OWNER_OR_STAFF,
    STAFF,
    TOKEN_ROLES,
    Actor,
    Role,
)
from gasutil.api import bodies, customers, incidents, proof, references, webhooks
from gasutil.api import reports as report_calls
from gasutil.api.events import create_event_ticket
from gasutil.api.framework.fields import (
    MAX_ID,
    Id,
    Moment,
    Text,
    column,
    input_type,
    many,
    response_type,
)
from gasutil.api.framework.pagination import Key, read_page
from gasutil.api.framework.resource import Call, Detail, Filter, Resource
from gasutil.api.framework.uploads import Files
from gasutil.api.privacy import PersonalData
from gasutil.api.proof import LogKeys, RequestProof
from gasutil.api.representations import (
    ATTACHMENT,
    CUSTOMER,
    DELIVERIES,
    HISTORY,
    INCIDENT_REPRESENTATION,
    LOGIN,
    PROFILE,
    REQUEST,
    REQUEST_TYPE,
    STAFF_MEMBER,
    UPDATE,
    WEBHOOK,
    Dashboard,
    IncidentClosed,
    IncidentWritten,
    Milestone,
    RecoveryCodeList,
    Reference,
    SecondFactor,
    SecondFactorSetup,
    StreamTicket,
    TokenPair,
    WebhookDelivery,
)
from gasutil.errors import (
    Claimed,
    Conflict,
    NotAuthenticated,
    NotFound,
    PermissionRequired,
    RequestClosed,
    SecondFactorRequired,
    TooManyAttempts,
    TransitionRefused,
    Unsupported,
)
from gasutil.events.tail import following
from gasutil.files.decoder import MAX_PREVIEW_PIXELS
from gasutil.files.downloads import download, preview
from gasutil.identity import logins
from gasutil.models import Attachment, MachineScope, ServiceRequest, User
from gasutil.reports.catalogue import only_counted
from gasutil.search.query import search_requests, with_reference
from gasutil.statements import Given, Statement, compiled
from gasutil.validation import NO_NUL
from gasutil.workflow import (
    attachments,
    email_confirmations,
    external_references,
    intake,
    limits,
    own_logins,
    passwords,
    privacy,
    profiles,
    reception,
    registration,
    reports,
    requests,
    second_factors,
)
from gasutil.workflow import incidents as incident_verbs
from gasutil.workflow import webhooks as webhook_verbs

UpdateId = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_ID,
        description=(
            "The ID of an update: the list has every later one, in the order of the log. 0 is"
            " before the first."
        ),
    ),
]


def history(
    pk: int, *, actor: Actor, request: HttpRequest, cursor: str, page_size: int
) -> dict[str, Any]:
    """List the changes of a request, field by field, oldest first."""
    obj, _ = access.get_for_action(actor, ServiceRequest, pk, STAFF)
    log, key = access.log_of(actor, obj.pk), Key("history_id", "history_id", descending=False)
    page = read_page(
        log, ["history_id"], key=key, ordering=HISTORY.ordering, cursor=cursor, size=page_size
    )
    return {
        "results": updates.history_entries(
            actor, log.filter(history_id__in=[pk for (pk,) in page.rows])
        ),
        **page.links(request),
    }


def updates_of(actor: Actor, obj: ServiceRequest) -> list[dict[str, Any]]:
    """Return the updates of a request that the actor may see, the oldest first."""
    return UPDATE.rows(actor, _updates(actor.role).read(key=obj.pk))


@compiled
def _updates(role: Role) -> Statement:
    return Statement(UPDATE.columns(access.log_of(access.anyone(role), Given("key"))))


def files_of(actor: Actor, obj: ServiceRequest) -> list[dict[str, Any]]:
    """Return the files of a request."""
    return ATTACHMENT.rows(actor, _files(actor.role).read(**actor.given, key=obj.pk))


@compiled
def _files(role: Role) -> Statement:
    files = access.visible_to(access.anyone(role), Attachment)
    return Statement(ATTACHMENT.columns(files.filter(service_request=Given("key"))))


FIGURE = Filter(
    "figure",
    Annotated[
        Text,
        Field(max_length=1000, description="From the URL of a count in a report. Do not write it."),
    ],
    apply=only_counted,
)
CALLS = {
    "Tokens": [
        Call(
            "POST",
            "login/",
            "login",
            logins.open_login,
            bodies.CREDENTIALS,
            TokenPair,
            public=True,
            errors=[NotAuthenticated, SecondFactorRequired, TooManyAttempts],
        ),
        Call(
            "POST",
            "login/refresh/",
            "refresh_login",
            logins.refresh,
            bodies.REFRESH,
            TokenPair,
            public=True,
            errors=[NotAuthenticated],
        ),
        Call(
            "POST",
            "logout/",
            "logout",
            logins.end_login,
            bodies.REFRESH,
            status=204,
            public=True,
            errors=[NotAuthenticated],
        ),
    ],
    "Accounts": [
        Call(
            "POST",
            "register/",
            "register",
            registration.register,
            bodies.REGISTRATION,
            PROFILE,
            201,
            public=True,
            errors=[TooManyAttempts],
        ),
        Call("GET", "profile/", "get_profile", profiles.profile, answers=PROFILE),
        Call(
            "PUT",
            "profile/",
            "replace_profile",
            profiles.update_profile,
            bodies.PROFILE_CHANGE,
            PROFILE,
            errors=[TooManyAttempts],
        ),
        Call(
            "PATCH",
            "profile/",
            "update_profile",
            profiles.update_profile,
            bodies.PROFILE_CHANGE,
            PROFILE,
            errors=[TooManyAttempts],
        ),
        Call(
            "GET",
            "profile/export/",
            "export_profile",
            privacy.export_own_data,
            answers=PersonalData,
            errors=[TooManyAttempts],
        ),
        Call(
            "POST",
            "profile/erase/",
            "erase_profile",
            privacy.request_own_erasure,
            bodies.ERASURE,
            status=202,
            allowed=CUSTOMERS,
            errors=[TooManyAttempts],
            has_secret=True,
        ),
        Call(
            "POST",
            "profile/password/",
            "change_password",
            passwords.change_password,
            bodies.NEW_PASSWORD,
            status=204,
            errors=[TooManyAttempts],
            is_idempotent=False,
        ),
        Call(
            "GET",
            "profile/second-factor/",
            "get_second_factor",
            second_factors.state,
            answers=SecondFactor,
        ),
        Call(
            "POST",
            "profile/second-factor/",
            "start_second_factor",
            second_factors.start_setup,
            bodies.OWN_PASSWORD,
            SecondFactorSetup,
            201,
            errors=[Conflict, TooManyAttempts],
            has_secret=True,
        ),
        Call(
            "POST",
            "profile/second-factor/confirm/",
            "confirm_second_factor",
            second_factors.confirm,
            bodies.OTP,
            RecoveryCodeList,
            errors=[Conflict, TooManyAttempts],
            has_secret=True,
        ),
        Call(
            "POST",
            "profile/second-factor/recovery-codes/",
            "renew_recovery_codes",
            second_factors.renew_codes,
            bodies.PASSWORD_AND_OTP,
            RecoveryCodeList,
            errors=[Conflict, TooManyAttempts],
            has_secret=True,
        ),
        Call(
            "POST",
            "profile/second-factor/remove/",
            "remove_second_factor",
            second_factors.remove_own,
            bodies.PASSWORD_AND_OTP,
            status=204,
            errors=[Conflict, TooManyAttempts],
            has_secret=True,
        ),
        Call(
            "POST",
            "profile/email/confirm/",
            "confirm_email",
            email_confirmations.confirm_email_by_api,
            bodies.TOKEN,
            PROFILE,
            public=True,
            errors=[Conflict, NotAuthenticated, TooManyAttempts],
        ),
        Call(
            "POST",
            "password-reset/",
            "request_reset",
            passwords.request_reset,
            bodies.ADDRESS,
            status=202,
            public=True,
            errors=[TooManyAttempts],
        ),
        Call(
            "POST",
            "password-reset/confirm/",
            "reset_password",
            passwords.reset_password,
            bodies.RESET,
            status=204,
            public=True,
        ),
    ],
    "Dashboard": [
        Call(
            "GET",
            "dashboard/",
            "get_dashboard",
            figures.dashboard,
            answers=Dashboard,
            allowed=STAFF,
            scope=MachineScope.REQUESTS_READ,
        )
    ],
    "Events": [
        Call(
            "POST",
            "events/ticket/",
            "create_event_ticket",
            create_event_ticket,
            answers=StreamTicket,
            status=201,
            allowed=TOKEN_ROLES,
            is_idempotent=False,
            scope=MachineScope.EVENTS_READ,
        )
    ],
    "Log": [
        Call(
            "GET",
            "log/checkpoint",
            "get_log_checkpoint",
            proof.get_checkpoint,
            query={
                "witnessed": (
                    bool,
                    Field(
                        default=False,
                        description="Whether enough witnesses have to have signed it.",
                    ),
                )
            },
            is_download=True,
            content_type="text/plain",
            public=True,
            errors=[NotFound],
        ),
        Call("GET", "log/key", "get_log_key", proof.get_log_key, answers=LogKeys, public=True),
        Call(
            "GET",
            "log/tile/{path:tile}",
            "get_log_tile",
            proof.get_tile,
            is_download=True,
            content_type="application/octet-stream",
            public=True,
            errors=[NotFound],
        ),
    ],
    "Reports": [
        Call(
            "GET",
            "reports/",
            "list_reports",
            report_calls.list_reports,
            answers=report_calls.ReportNames,
            allowed=STAFF,
            errors=[PermissionRequired],
            scope=MachineScope.REPORTS_READ,
        ),
        Call(
            "GET",
            "reports/{slug:name}/",
            "get_report",
            report_calls.get_report,
            answers=report_calls.ReportTable,
            query=report_calls.QUERY,
            allowed=STAFF,
            errors=[NotFound, PermissionRequired],
            scope=MachineScope.REPORTS_READ,
        ),
    ],
}

CUSTOMER_RESOURCE = Resource(
    path="customers/",
    scope=MachineScope.CUSTOMERS_READ,
    noun="customer",
    representation=CUSTOMER,
    allowed=STAFF,
    among=customers.customers,
    on_read=customers.record_read,
    filters=[
        Filter(
            "phone_number",
            input_type(column(User, "phone_number"), required=True),
            apply=customers.with_phone_number,
        ),
        Filter("email", Annotated[Text, Field(max_length=254)], apply=customers.with_email),
        Filter("updated_after", Moment, lookup="updated_at__gte"),
    ],
    search=customers.search_customers,
    ordering={"id": "pk", "updated_at": "updated_at"},
)
STAFF_RESOURCE = Resource(
    path="staff/",
    scope=MachineScope.REQUESTS_READ,
    noun="staff member",
    heading="Staff",
    representation=STAFF_MEMBER,
    allowed=STAFF,
    among=customers.staff,
    has_detail=False,
    default_ordering="id",
)
RESOURCES = [
    Resource(
        path="requests/",
        scope=MachineScope.REQUESTS_READ,
        noun="request",
        detail_allowed=TOKEN_ROLES,
        representation=REQUEST,
        details_from=disputes.with_dispute,
        details=[
            Detail("updates", many(UPDATE.schema), updates_of),
            Detail("attachments", many(ATTACHMENT.schema), files_of),
            Detail("milestones", many(Milestone), lambda actor, obj: deadlines.serialize(obj)),
            Detail("schema_version", int, lambda actor, obj: obj.schema_version),
            Detail("do_not_disconnect", bool, lambda actor, obj: obj.has_dispute),
            Detail(
                "allowed_statuses",
                many(response_type(column(ServiceRequest, "status"))),
                requests.allowed_statuses,
                [["on_hold", "resolved", "cancelled"]],
            ),
        ],
        filters=[
            Filter("status"),
            Filter("request_type", must_exist="unknown_type"),
            Filter("priority", where=lambda wanted, now: deadlines.of_priority(wanted)),
            Filter("assigned_to"),
            Filter("customer"),
            Filter(
                "external",
                Annotated[
                    str,
                    Field(
                        max_length=141,
                        pattern=r"^[-a-zA-Z0-9_]+:.",
                        description="An ID in another system, as `system:id`.",
                    ),
                    NO_NUL,
                ],
                apply=references.with_external,
            ),
            Filter("reference", Annotated[Text, Field(max_length=64)], apply=with_reference),
            Filter("created_after", Moment, lookup="created_at__gte"),
            Filter("created_before", Moment, lookup="created_at__lt"),
            Filter("updated_after", Moment, lookup="updated_at__gte"),
            Filter("overdue", bool, where=deadlines.overdue),
            FIGURE,
        ],
        search=search_requests,
        expandable={"customer": CUSTOMER_RESOURCE, "assigned_to": STAFF_RESOURCE},
        ordering={
            "id": "pk",
            "created_at": "created_at",
            "updated_at": "updated_at",
            "priority": "urgency has_danger",
        },
        calls=[
            Call(
                "POST",
                "",
                "create_request",
                requests.submit,
                bodies.SUBMISSION,
                REQUEST,
                201,
                allowed=CUSTOMERS,
                files=Files(name="attachments", most=settings.FILES_A_CALL),
                limit=limits.REQUESTS,
            ),
            Call(
                "PATCH",
                "{int:id}/",
                "update_request",
                requests.update,
                bodies.CHANGE,
                REQUEST,
                errors=[Conflict, TransitionRefused],
                is_versioned=True,
                scope=MachineScope.REQUESTS_WORK,
            ),
            Call(
                "POST",
                "{int:id}/cancel/",
                "cancel_request",
                requests.cancel,
                bodies.NOTES,
                REQUEST,
                by=OWNER_OR_STAFF,
                errors=[Conflict, TransitionRefused],
                limit=limits.COMMENTS,
                is_versioned=True,
                scope=MachineScope.REQUESTS_WORK,
            ),
            Call(
                "POST",
                "{int:id}/reopen/",
                "reopen_request",
                requests.reopen,
                bodies.NOTES,
                REQUEST,
                allowed=TOKEN_ROLES,
                by=OWNER_OR_STAFF,
                errors=[Conflict, RequestClosed, TransitionRefused],
                limit=limits.COMMENTS,
                is_versioned=True,
                scope=MachineScope.REQUESTS_WORK,
            ),
            Call(
                "POST",
                "{int:id}/comments/",
                "comment_request",
                requests.comment,
                bodies.COMMENT,
                UPDATE,
                201,
                allowed=TOKEN_ROLES,
                by=OWNER_OR_STAFF,
                errors=[Conflict, RequestClosed, TransitionRefused],
                limit=limits.COMMENTS,
                is_versioned=True,
                scope=MachineScope.REQUESTS_WORK,
            ),
            Call(
                "POST",
                "{int:id}/milestones/",
                "record_request_milestone",
                requests.record_milestone,
                bodies.MILESTONE,
                UPDATE,
                201,
                errors=[Conflict, TransitionRefused],
                is_versioned=True,
                scope=MachineScope.REQUESTS_WORK,
            ),
            Call(
                "PUT",
                "{int:id}/references/{slug:system}/",
                "set_request_reference",
                external_references.set_reference,
                bodies.REFERENCE,
                Reference,
                errors=[Conflict],
                is_versioned=True,
                status_if_new=201,
                scope=MachineScope.REQUESTS_WORK,
            ),
            Call(
                "DELETE",
                "{int:id}/references/{slug:system}/",
                "remove_request_reference",
                external_references.remove_reference,
                query=bodies.QUERY_OF_CHANGE,
                status=204,
                is_versioned=True,
                scope=MachineScope.REQUESTS_WORK,
            ),
            Call(
                "POST",
                "{int:id}/attachments/",
                "attach_file",
                attachments.attach,
                None,
                ATTACHMENT,
                201,
                allowed=TOKEN_ROLES,
                errors=[Conflict, RequestClosed, TransitionRefused],
                files=Files(name="file", is_form=True, fields=bodies.FIELDS_OF_FILE),
                limit=limits.UPLOADS,
                is_versioned=True,
                scope=MachineScope.REQUESTS_WORK,
            ),
            Call(
                "POST",
                "{int:id}/reclassify/",
                "reclassify_request",
                requests.reclassify,
                bodies.RECLASSIFICATION,
                REQUEST,
                errors=[Conflict, TransitionRefused],
                is_versioned=True,
                scope=MachineScope.REQUESTS_WORK,
            ),
            Call(
                "GET",
                "{int:id}/history/",
                "get_request_history",
                history,
                answers=HISTORY,
                scope=MachineScope.REQUESTS_READ,
            ),
            Call(
                "GET",
                "{int:id}/proof/",
                "get_request_proof",
                proof.get_request_proof,
                answers=RequestProof,
                allowed=TOKEN_ROLES,
                query={
                    "format": (
                        Literal["json", "tlog-proof"],
                        Field("json", description="JSON of all rows, or a file of one row."),
                    ),
                    "row": (Id | None, Field(None, description="The row of the file: an update.")),
                },
                scope=MachineScope.REQUESTS_READ,
            ),
            Call(
                "POST",
                "claim/",
                "claim_request",
                reports.claim,
                bodies.CLAIM,
                REQUEST,
                allowed=CUSTOMERS,
                errors=[Claimed, Conflict],
                is_versioned=True,
                is_idempotent=False,
            ),
        ],
    ),
    Resource(
        path="emergencies/",
        noun="request",
        representation=REQUEST,
        has_list=False,
        has_detail=False,
        calls=[
            Call(
                "POST",
                "",
                "report_emergency",
                reports.report_emergency,
                bodies.REPORT,
                REQUEST,
                201,
                public=True,
                is_keyed_by_body=True,
                has_secret=True,
                creates_at="requests/",
            )
        ],
    ),
    Resource(
        path="intake/",
        noun="request",
        representation=REQUEST,
        allowed=STAFF,
        has_list=False,
        has_detail=False,
        calls=[
            Call(
                "POST",
                "",
                "intake_request",
                reception.receive,
                bodies.INTAKE,
                REQUEST,
                201,
                is_idempotent=True,
                files=Files(name="attachments", most=settings.FILES_A_CALL),
                creates_at="requests/",
                scope=MachineScope.INTAKE_CREATE,
                permission=intake.SUBMIT_FOR_CUSTOMER,
            )
        ],
    ),
    Resource(
        path="request-updates/",
        scope=MachineScope.REQUESTS_READ,
        noun="request update",
        representation=UPDATE,
        has_detail=False,
        filters=[
            Filter("service_request", Id, lookup="id"),
            Filter("since", Moment, lookup="history_date__gte"),
            Filter("after", UpdateId, apply=following, order="txid"),
            FIGURE,
        ],
        calls=[
            Call(
                "POST",
                "",
                "create_request_update",
                requests.record,
                bodies.NEW_UPDATE,
                UPDATE,
                201,
                allowed=STAFF,
                errors=[NotFound, Conflict, TransitionRefused],
                is_versioned=True,
                scope=MachineScope.REQUESTS_WORK,
            )
        ],
    ),
    Resource(
        path="attachments/",
        scope=MachineScope.REQUESTS_READ,
        noun="attachment",
        detail_allowed=TOKEN_ROLES,
        representation=ATTACHMENT,
        filters=[Filter("service_request", Id)],
        calls=[
            Call(
                "GET",
                "{int:id}/download/",
                "download_attachment",
                download,
                allowed=TOKEN_ROLES,
                is_download=True,
                scope=MachineScope.REQUESTS_READ,
            ),
            Call(
                "GET",
                "{int:id}/preview/",
                "preview_attachment",
                preview,
                allowed=TOKEN_ROLES,
                query={
                    "width": (
                        int,
                        Field(320, ge=1, le=MAX_PREVIEW_PIXELS, description="In pixels."),
                    )
                },
                is_download=True,
                content_type="image/jpeg",
                errors=[Unsupported],
                scope=MachineScope.REQUESTS_READ,
            ),
            Call(
                "DELETE",
                "{int:id}/",
                "delete_attachment",
                attachments.remove,
                query=bodies.QUERY_OF_CHANGE,
                status=204,
                errors=[Conflict, TransitionRefused],
                is_versioned=True,
                scope=MachineScope.REQUESTS_WORK,
            ),
        ],
    ),
    CUSTOMER_RESOURCE,
    STAFF_RESOURCE,
    Resource(
        path="incidents/",
        noun="incident",
        representation=INCIDENT_REPRESENTATION,
        allowed=STAFF,
        scope=MachineScope.REQUESTS_READ,
        calls=[
            Call(
                "POST",
                "",
                "create_incident",
                incidents.create_incident,
                bodies.NEW_INCIDENT,
                INCIDENT_REPRESENTATION,
                201,
                errors=[Conflict],
                scope=MachineScope.REQUESTS_WORK,
            ),
            Call(
                "PATCH",
                "{int:id}/",
                "update_incident",
                incident_verbs.update_incident,
                bodies.INCIDENT_CHANGE,
                INCIDENT_REPRESENTATION,
                is_tagged=True,
                scope=MachineScope.REQUESTS_WORK,
            ),
            Call(
                "POST",
                "{int:id}/reports/",
                "add_incident_reports",
                incidents.join,
                bodies.INCIDENT_REPORTS,
                INCIDENT_REPRESENTATION,
                errors=[Conflict],
                is_tagged=True,
                scope=MachineScope.REQUESTS_WORK,
            ),
            Call(
                "POST",
                "{int:id}/updates/",
                "write_incident_update",
                incidents.comment_reports,
                bodies.INCIDENT_UPDATE,
                IncidentWritten,
                201,
                is_tagged=True,
                scope=MachineScope.REQUESTS_WORK,
            ),
            Call(
                "POST",
                "{int:id}/close/",
                "close_incident",
                incidents.close,
                bodies.COMMENT,
                IncidentClosed,
                errors=[Conflict],
                is_tagged=True,
                scope=MachineScope.REQUESTS_WORK,
            ),
        ],
    ),
    Resource(
        path="webhooks/",
        noun="webhook",
        representation=WEBHOOK,
        allowed=STAFF,
        scope=MachineScope.WEBHOOKS_MANAGE,
        permission="gasutil.view_webhook",
        calls=[
            Call(
                "POST",
                "",
                "create_webhook",
                webhooks.create_webhook,
                bodies.NEW_WEBHOOK,
                WEBHOOK,
                201,
                has_secret=True,
                scope=MachineScope.WEBHOOKS_MANAGE,
                permission="gasutil.add_webhook",
            ),
            Call(
                "PATCH",
                "{int:id}/",
                "update_webhook",
                webhooks.update_webhook,
                bodies.WEBHOOK_CHANGE,
                WEBHOOK,
                errors=[Conflict],
                scope=MachineScope.WEBHOOKS_MANAGE,
                permission="gasutil.change_webhook",
            ),
            Call(
                "DELETE",
                "{int:id}/",
                "delete_webhook",
                webhook_verbs.unsubscribe,
                status=204,
                scope=MachineScope.WEBHOOKS_MANAGE,
            ),
            Call(
                "POST",
                "{int:id}/rotate-secret/",
                "rotate_webhook_secret",
                webhooks.rotate_webhook_secret,
                answers=WEBHOOK,
                has_secret=True,
                scope=MachineScope.WEBHOOKS_MANAGE,
            ),
            Call(
                "POST",
                "{int:id}/test/",
                "test_webhook",
                webhooks.test_webhook,
                answers=WebhookDelivery,
                status=202,
                scope=MachineScope.WEBHOOKS_MANAGE,
            ),
            Call(
                "GET",
                "{int:id}/deliveries/",
                "list_webhook_deliveries",
                webhooks.deliveries,
                answers=DELIVERIES,
                scope=MachineScope.WEBHOOKS_MANAGE,
            ),
        ],
    ),
    Resource(
        path="profile/logins/",
        noun="login",
        representation=LOGIN,
        ordering={"created_at": "created_at"},
        default_ordering="-created_at",
        allowed=ANY_ACCOUNT,
        has_detail=False,
        calls=[
            Call("DELETE", "{int:id}/", "delete_login", own_logins.delete, status=204, limit=None)
        ],
    ),
    Resource(
        path="request-types/",
        noun="request type",
        representation=REQUEST_TYPE,
        lookup="code",
        default_ordering="id",
        public=True,
    ),
]
