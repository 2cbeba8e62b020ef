"""The bodies of the peer's calls."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from bench.peer import clocks
from bench.peer.models import Attachment, RequestType, ServiceRequest, Status, User

REQUEST_FIELDS = [
    "id",
    "reference",
    "request_type",
    "description",
    "address",
    "details",
    "status",
    "priority",
    "customer",
    "assigned_to",
    "created_at",
    "updated_at",
    "resolved_at",
    "respond_by",
    "resolve_by",
    "is_overdue",
    "safety_instructions",
    "version",
    "is_emergency",
    "is_unverified",
    "received_at",
    "contact",
    "latitude",
    "longitude",
    "next_milestone",
    "next_due_at",
    "references",
]
OF_STAFF = {
    Status.PENDING: [Status.IN_PROGRESS, Status.ON_HOLD, Status.RESOLVED, Status.CANCELLED],
    Status.IN_PROGRESS: [Status.ON_HOLD, Status.RESOLVED, Status.CANCELLED],
    Status.ON_HOLD: [Status.IN_PROGRESS, Status.RESOLVED, Status.CANCELLED],
    Status.RESOLVED: [Status.IN_PROGRESS],
    Status.CANCELLED: [],
}
OF_OWNER: Mapping[str, list[Status]] = {
    Status.PENDING: [Status.CANCELLED],
    Status.RESOLVED: [Status.IN_PROGRESS],
}


def allowed_statuses(obj: ServiceRequest, user: User) -> list[Status]:
    """Return the statuses that a user may move a request to."""
    if user.is_support:
        return OF_STAFF[Status(obj.status)]
    if obj.status != Status.RESOLVED or is_recent(obj):
        return OF_OWNER.get(obj.status, [])
    return []


def is_recent(obj: ServiceRequest) -> bool:
    """Return whether a request was resolved within the time for reopening it."""
    return obj.resolved_at is not None and (timezone.now() - obj.resolved_at).days < 14


class UpdateSerializer(serializers.ModelSerializer[Any]):
    """A row of the history."""

    id = serializers.IntegerField(source="history_id")
    service_request = serializers.IntegerField(source="id")
    author = serializers.IntegerField(source="history_user_id")
    created_at = serializers.DateTimeField(source="history_date")
    milestone = serializers.SerializerMethodField()
    author_kind = serializers.SerializerMethodField()
    author_name = serializers.SerializerMethodField()

    class Meta:
        model = ServiceRequest.history.model
        fields = [
            "id",
            "service_request",
            "status",
            "previous_status",
            "notes",
            "is_internal",
            "author",
            "created_at",
            "event",
            "milestone",
            "attachment",
            "changes",
            "occurred_at",
            "author_kind",
            "author_name",
        ]
        read_only_fields = fields

    def get_milestone(self, row: Any) -> str | None:
        """Return the milestone that was recorded."""
        return row.subject if row.event == "request.milestone" else None

    def get_author_kind(self, row: Any) -> str:
        """Return what the author is."""
        author = row.history_user
        if author is None and row.channel in ("system", "integration"):
            return str(row.channel)
        return "support" if author is not None and author.user_type == "support" else "customer"

    def get_author_name(self, row: Any) -> str | None:
        """Return the name of the author; a customer gets the first name of a representative."""
        author = row.history_user
        if author is None:
            return None
        is_short = author.user_type == "support" and not self.context["request"].user.is_support
        return str(author.first_name if is_short else author.get_full_name()) or None


class AttachmentSerializer(serializers.ModelSerializer[Attachment]):
    """A file."""

    class Meta:
        model = Attachment
        fields = [
            "id",
            "service_request",
            "filename",
            "content_type",
            "size",
            "sha256",
            "created_at",
            "uploaded_by",
        ]
        read_only_fields = fields


class ServiceRequestSerializer(serializers.ModelSerializer[ServiceRequest]):
    """A request in a list, and the response to a change."""

    request_type = serializers.CharField(source="request_type_id")
    next_due_at = serializers.DateTimeField(source="due_at")
    next_milestone = serializers.SerializerMethodField()
    references = serializers.SerializerMethodField()

    class Meta:
        model = ServiceRequest
        fields = REQUEST_FIELDS
        read_only_fields = fields

    def get_next_milestone(self, obj: ServiceRequest) -> str | None:
        """Return the name of the milestone that is due next."""
        return clocks.next_milestone(obj)

    def get_references(self, obj: ServiceRequest) -> list[dict[str, str]]:
        """Return the IDs in other systems."""
        return [
            {"system": each.system, "id": each.external_id, "url": each.url}
            for each in obj.references.all()
        ]

    def to_representation(self, instance: ServiceRequest) -> dict[str, Any]:
        """Return the response; a time that is null in older rows is that of the record."""
        data = super().to_representation(instance)
        data["received_at"] = data["received_at"] or data["created_at"]
        data["contact"] = data["contact"] or None
        if not self.context["request"].user.is_support:
            del data["references"]
        return data


class ServiceRequestDetailSerializer(ServiceRequestSerializer):
    """A request with what belongs to it."""

    updates = serializers.SerializerMethodField()
    attachments = AttachmentSerializer(many=True)
    milestones = serializers.SerializerMethodField()
    do_not_disconnect = serializers.BooleanField()
    allowed_statuses = serializers.SerializerMethodField()

    class Meta(ServiceRequestSerializer.Meta):
        fields = [
            *REQUEST_FIELDS,
            "updates",
            "attachments",
            "milestones",
            "schema_version",
            "do_not_disconnect",
            "allowed_statuses",
        ]
        read_only_fields = fields

    def get_updates(self, obj: ServiceRequest) -> Any:
        """Return the rows of the history that the user may read, oldest first."""
        rows = obj.history.select_related("history_user").order_by("history_id")
        if not self.context["request"].user.is_support:
            rows = rows.filter(is_internal=False)
        return UpdateSerializer(rows, many=True, context=self.context).data

    def get_milestones(self, obj: ServiceRequest) -> Any:
        """Return the milestones with their state."""
        return clocks.serialize(obj)

    def get_allowed_statuses(self, obj: ServiceRequest) -> list[str]:
        """Return the statuses that the user may move the request to."""
        return allowed_statuses(obj, self.context["request"].user)


class SubmissionSerializer(serializers.ModelSerializer[ServiceRequest]):
    """The body that creates a request."""

    request_type = serializers.SlugRelatedField(
        slug_field="code", queryset=RequestType.objects.filter(is_active=True)
    )
    details = serializers.DictField(required=False)

    class Meta:
        model = ServiceRequest
        fields = ["request_type", "description", "address", "details"]


class ChangeSerializer(serializers.Serializer[Any]):
    """The body that changes a request."""

    status = serializers.ChoiceField(Status.choices)
    notes = serializers.CharField(max_length=4000, required=False, default="")

    def validate_status(self, to: str) -> str:
        """Reject a status that may not follow the current one."""
        if to not in allowed_statuses(self.instance, self.context["request"].user):
            raise serializers.ValidationError(f"This request can't become {to}.")
        return to
