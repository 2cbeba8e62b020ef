"""Read-only pages."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


class ReadOnly:
    """Forbid adding, changing and deleting, for superusers too."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Raise `Http404`: objects that never change here have no history here."""
        raise Http404


class SuperusersAlone:
    """Allow changes to superusers only; permissions still decide who may view."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Return whether this is a superuser."""
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether this is a superuser."""
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether this is a superuser."""
        return _is_superuser(request)


def _is_superuser(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_superuser
