"""The history of groups and of their permissions; the model is Django's."""

import simple_history
from django.contrib.auth.models import Group

from gasutil.models.append_only import History

simple_history.register(
    Group, app="gasutil", records_class=History, m2m_fields=[Group.permissions.field]
)
HistoricalGroup = Group.history.model  # type: ignore[attr-defined]
