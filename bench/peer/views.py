"""The calls of the peer."""

from functools import cache
from typing import Any

import django_filters
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user
from rest_framework import mixins, viewsets
from rest_framework.exceptions import PermissionDenied
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from bench.peer import clocks
from bench.peer.models import (
    OPEN_STATUSES,
    ServiceRequest,
    ServiceRequestUserPermission,
    Status,
    User,
)
from bench.peer.serializers import (
    ChangeSerializer,
    ServiceRequestDetailSerializer,
    ServiceRequestSerializer,
    SubmissionSerializer,
)

OPEN_DISPUTE = ServiceRequest.objects.filter(
    customer=OuterRef("customer"), status__in=OPEN_STATUSES, request_type__effect="dispute"
)
CHANGING = [
    "status",
    "milestones",
    "respond_by",
    "resolve_by",
    "resolved_at",
    "due_at",
    "updated_at",
    "version",
]


class NewestFirst(CursorPagination):
    """Pages of 20, the newest request first."""

    ordering = "-id"
    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100


class ServiceRequestFilter(django_filters.FilterSet):
    """The filters of the list."""

    status = django_filters.ChoiceFilter(choices=Status.choices)
    request_type = django_filters.CharFilter(field_name="request_type_id")
    assigned_to = django_filters.NumberFilter(field_name="assigned_to_id")

    class Meta:
        model = ServiceRequest
        fields = ["status", "request_type", "priority", "assigned_to"]


class ServiceRequestViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ServiceRequest]
):
    """List, read, create and change requests."""

    serializer_class = ServiceRequestSerializer
    filterset_class = ServiceRequestFilter
    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[ServiceRequest]:
        """Return the requests that the user may see."""
        rows = visible_to(self.request.user)
        if self.request.user.is_support:
            rows = rows.prefetch_related("references")
        if self.action == "partial_update":
            return rows.select_for_update(of=("self",))
        if self.action == "retrieve":
            rows = rows.prefetch_related("attachments")
            return rows.annotate(do_not_disconnect=Exists(OPEN_DISPUTE))
        return rows

    def get_serializer_class(self) -> type[ServiceRequestSerializer]:
        """Return the serializer of a list or of one request."""
        return (
            ServiceRequestDetailSerializer
            if self.action == "retrieve"
            else ServiceRequestSerializer
        )

    def create(self, request: Request) -> Response:
        """Create a request of a customer."""
        if request.user.user_type != "customer":
            raise PermissionDenied
        body = SubmissionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        obj = submit(request.user, body.validated_data)
        return Response(self.get_serializer(obj).data, status=201)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the status of a request."""
        if not request.user.is_support:
            raise PermissionDenied
        with transaction.atomic():
            obj = self.get_object()
            body = ChangeSerializer(obj, data=request.data, context={"request": request})
            body.is_valid(raise_exception=True)
            change_status(obj, request.user, **body.validated_data)
        return Response(self.get_serializer(obj).data)


def visible_to(user: User) -> QuerySet[ServiceRequest]:
    """Return the requests that a user may see: support sees all, customers those granted."""
    if user.is_support:
        return ServiceRequest.objects.all()
    return get_objects_for_user(
        user,
        "gasutil.view_servicerequest",
        ServiceRequest,
        use_groups=False,
        accept_global_perms=False,
    )


@transaction.atomic
def submit(user: User, values: dict[str, Any]) -> ServiceRequest:
    """Create a request, its history row, and its customer's permissions."""
    kind = values["request_type"]
    obj = ServiceRequest(
        customer=user,
        priority=kind.priority,
        is_emergency=kind.is_emergency,
        safety_instructions=kind.safety_instructions,
        schema_version=kind.version,
        **values,
    )
    clocks.start(obj)
    first = {"status": obj.status, "priority": obj.priority, "request_type": kind.code}
    obj.update = {
        "event": "request.created",
        "changes": {name: {"from": None, "to": value} for name, value in first.items()},
    }
    obj._history_user = user
    obj.save(force_insert=True)
    ServiceRequestUserPermission.objects.bulk_create(
        ServiceRequestUserPermission(user=user, content_object=obj, permission_id=pk)
        for pk in owner_permissions()
    )
    return obj


@cache
def owner_permissions() -> list[int]:
    """Return the permissions that a customer has on their own requests, by their ids."""
    codenames = ["view_servicerequest", "change_servicerequest"]
    return list(Permission.objects.filter(codename__in=codenames).values_list("pk", flat=True))


def change_status(obj: ServiceRequest, user: User, status: str, notes: str) -> None:
    """Move a locked request to another status, with its history row."""
    now, before = timezone.now(), obj.status
    obj.status, obj.updated_at, obj.version = status, now, obj.version + 1
    clocks.follow_status(obj, before, now)
    obj.update = {
        "event": "request.status_changed",
        "previous_status": before,
        "notes": notes,
        "changes": {"status": {"from": before, "to": status}},
    }
    obj._history_user = user
    obj.save(update_fields=CHANGING)
