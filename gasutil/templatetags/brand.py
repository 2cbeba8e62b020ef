"""The operator's name, colour and logo, for templates that are rendered without any context."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def brand() -> dict[str, str]:
    """Return what the operator's pages carry."""
    return {
        "name": settings.SITE_NAME,
        "colour": settings.SITE_COLOURS["600"],
        "logo": settings.SITE_LOGO,
        "logo_dark": settings.SITE_LOGO_DARK or settings.SITE_LOGO,
    }
