"""The search index: the normalised texts of each service request."""

from django.db import models

from gasutil.models.service_requests import ServiceRequest


class SearchEntry(models.Model):
    """The texts that a request is found by, as `search.normalise` has them.

    PostgreSQL has a trigram index of each column.

    It is out of date if its version is not that of the request: an earlier release has changed the
    request.
    """

    service_request = models.OneToOneField(
        ServiceRequest, models.CASCADE, primary_key=True, related_name="search_entry"
    )
    version = models.PositiveIntegerField()
    reference = models.TextField()
    identity = models.TextField(
        help_text="Names, addresses and phone number of the customer, for staff."
    )
    public = models.TextField(help_text="What the customer can see.")
    internal = models.TextField(help_text="Internal notes and the incident, for staff.")

    class Meta:
        verbose_name_plural = "search entries"

    def __str__(self) -> str:
        return self.reference
