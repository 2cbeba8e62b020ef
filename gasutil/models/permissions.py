"""Object permissions on service requests: guardian's tables, with a foreign key to the request.

guardian's generic table keeps ids as text, which makes the database read all of it; these keep them
as what they are.
"""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from gasutil.models.service_requests import ServiceRequest


class ServiceRequestUserPermission(UserObjectPermissionBase):
    """One permission of one person on one service request.

    The index that keeps it unique begins with the user.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False)
    content_object = models.ForeignKey(ServiceRequest, models.CASCADE)
    is_owner = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Granted to the customer of the request, not to users it is shared with.",
    )

    class Meta(UserObjectPermissionBase.Meta):
        indexes = [
            models.Index(
                fields=["user", "content_object"],
                condition=Q(is_owner=False),
                name="request_shared",
            ),
        ]


class ServiceRequestGroupPermission(GroupObjectPermissionBase):
    """One permission of one group on one service request.

    The index that keeps it unique begins with the group.
    """

    group = models.ForeignKey(Group, models.CASCADE, db_index=False)
    content_object = models.ForeignKey(ServiceRequest, models.CASCADE)
