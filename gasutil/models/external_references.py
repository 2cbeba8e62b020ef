"""IDs of requests in other systems: a work order of dispatch, a case of billing."""

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone

from gasutil.models.service_requests import ServiceRequest


class ExternalReference(models.Model):
    """The ID of a request in another system; each is on one request.

    The history of the request says who set it. It changes through the verbs of `workflow` only.
    """

    service_request = models.ForeignKey(
        ServiceRequest, models.CASCADE, related_name="references", db_index=False
    )
    system = models.SlugField(max_length=40, db_index=False)
    external_id = models.CharField(max_length=100)
    url = models.CharField(
        max_length=500, blank=True, default="", validators=[MaxLengthValidator(500)]
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_request", "system"], name="external_reference_request"
            ),
            models.UniqueConstraint(fields=["system", "external_id"], name="external_reference_id"),
        ]

    def __str__(self) -> str:
        return f"{self.system}:{self.external_id}"
