"""What `manage.py check` says of settings that would be dangerous on a real installation."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def check_that_support_is_approved(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse `SUPPORT_AUTO_APPROVE`, which lets any stranger work every customer's requests."""
    if not settings.SUPPORT_AUTO_APPROVE:
        return []
    hint = "Unset SUPPORT_AUTO_APPROVE: it is for demonstrations only."
    return [Error("Whoever registers as a support representative is one at once.", hint=hint, id="gasutil.E001")]
