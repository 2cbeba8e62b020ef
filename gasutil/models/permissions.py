"""Who may see or act on which service request: guardian's tables, with a foreign key straight to the request.

guardian's generic table keeps ids as text, which makes the database read all of it; these keep them as what they are.
"""

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from gasutil.models.service_requests import ServiceRequest


class ServiceRequestUserPermission(UserObjectPermissionBase):
    """One permission of one person on one service request."""

    content_object = models.ForeignKey(ServiceRequest, models.CASCADE)


class ServiceRequestGroupPermission(GroupObjectPermissionBase):
    """One permission of one group on one service request."""

    content_object = models.ForeignKey(ServiceRequest, models.CASCADE)
