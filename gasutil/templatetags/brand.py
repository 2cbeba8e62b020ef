"""The operator's name, colour and logo, for templates that are rendered without any context."""

from typing import Any

from django import template
from django.conf import settings

from gasutil import __version__

register = template.Library()


@register.simple_tag
def brand() -> dict[str, Any]:
    """Return the operator's name, logo and colours."""
    return {
        "name": settings.SITE_NAME,
        "colour": settings.SITE_COLOURS["600"],
        "logo": settings.SITE_LOGO,
        "logo_dark": settings.SITE_LOGO_DARK or settings.SITE_LOGO,
        "version": __version__,
        "is_sandbox": settings.SANDBOX,
    }
