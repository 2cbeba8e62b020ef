"""Unverified reports of emergencies, in groups by their source.

A group is paged, not each of its reports.
"""

import hashlib
import unicodedata

from django.db import models

from gasutil.models.service_requests import ServiceRequest


class ReportGroup(models.Model):
    """The unverified reports of one source within an hour.

    A source is an IP address, an account or a phone number.
    """

    source = models.CharField(
        max_length=64, help_text="A keyed digest, so that no IP address or phone number is stored."
    )
    started_at = models.DateTimeField(help_text="The start of the hour.")
    paged_size = models.PositiveIntegerField(
        default=0, help_text="The number of reports when supervisors were last notified."
    )
    paged_at = models.DateTimeField(null=True, help_text="The time of the notification.")
    acknowledged_at = models.DateTimeField(
        null=True, help_text="When a support representative first looked at one of the reports."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "started_at"], name="report_group_once")
        ]

    def __str__(self) -> str:
        return f"Unverified reports since {self.started_at:%Y-%m-%d %H:%M}"


class UnverifiedReport(models.Model):
    """The group of an unverified report, and the place that it names."""

    service_request = models.OneToOneField(
        ServiceRequest, models.CASCADE, primary_key=True, related_name="unverified_report"
    )
    group = models.ForeignKey(ReportGroup, models.CASCADE, related_name="reports", db_index=False)
    place = models.CharField(max_length=64, help_text="A digest of the normalised address.")

    class Meta:
        indexes = [
            models.Index(
                fields=["group", "place", "service_request"], name="unverified_report_place"
            )
        ]

    def __str__(self) -> str:
        return str(self.service_request_id)


def place_of(obj: ServiceRequest) -> str:
    """Return the key of the place of a request.

    Without an address, coordinates that are about 100 m apart are the same place.
    """
    if not obj.is_located_by_coordinates:
        return place_key(obj.address)
    return place_key(f"{obj.latitude:.3f} {obj.longitude:.3f}")


def place_key(address: str) -> str:
    """Return a digest that similar addresses share.

    They differ in letter case, punctuation, spaces or the order of words alone.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", address).casefold())
    words = "".join(_plain(char) for char in folded).split()
    return hashlib.sha256(" ".join(sorted(words)).encode()).hexdigest()


def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return char if category[0] in "LMN" else " "
