from django.db import models
from guardian.models import UserObjectPermissionBase

from gasutil.models import User


class Fuel(models.TextChoices):
    NATURAL = "natural", "Natural gas"
    PROPANE = "propane", "Propane"


class Meter(models.Model):
    serial = models.CharField(max_length=20, unique=True)
    fuel = models.CharField(max_length=16, choices=Fuel, default=Fuel.NATURAL)
    reader = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.serial


class MeterUserPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey(Meter, models.CASCADE)
