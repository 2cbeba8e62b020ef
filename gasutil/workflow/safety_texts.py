"""Which safety text a request shows: of which type and version, and in which language.

It is a copy of the type's text in every language: later changes of the type do not change it.
"""

from django.conf import settings
from django.utils.translation import get_language

from gasutil.models import RequestType, ServiceRequest

LEAK = "gas_leak_inspection"  # its safety text is shown for an emergency whose type has none


def show_safety_text(obj: ServiceRequest, request_type: RequestType, language: str = "") -> None:
    """Give a request the safety text of a type, if that has one.

    It is shown in a language, which is the active one by default; without a translation, as it is.
    """
    safety = request_type.safety_text
    if not safety.text:
        return
    obj.safety_instructions, obj.safety_translations = safety.text, dict(safety.translations)
    obj.safety_type, obj.safety_version = request_type.code, safety.version
    shown = language or get_language() or ""
    obj.safety_language = shown if shown in obj.safety_translations else settings.LANGUAGE_CODE


def show_text_of_leak(obj: ServiceRequest) -> None:
    """Give a request without a safety text that of a gas leak, in the language of its customer."""
    leak = RequestType.objects.filter(code=LEAK).first() if not obj.safety_instructions else None
    if leak is not None:
        show_safety_text(obj, leak, obj.customer.language)
