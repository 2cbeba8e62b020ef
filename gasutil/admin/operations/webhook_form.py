"""The form of a webhook."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from gasutil.models import Event, Webhook


def _events() -> list[tuple[str, SafeString]]:
    """Return the events to choose from, in the user's language.

    They are translated each time that the form is shown.
    """
    return [
        (event.value, format_html("{} <code>{}</code>", event.label, event.value))
        for event in Event
    ]


class WebhookForm(forms.ModelForm[Webhook]):
    """The name, the URL and the events of a webhook."""

    url_error = ""

    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=_events,
        help_text=gettext_lazy(
            "Escalations and incident changes are internal. They are sent only if you turn on"
            " internal events below."
        ),
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
        error_messages={"required": gettext_lazy("Choose at least one event.")},
    )

    class Meta:
        model = Webhook
        fields = ("name", "url", "events", "with_internal", "with_request")
        widgets = {
            "url": UnfoldAdminTextInputWidget(
                attrs={"inputmode": "url", "placeholder": "https://", "autocomplete": "off"}
            ),
            "with_internal": UnfoldBooleanSwitchWidget(),
            "with_request": UnfoldBooleanSwitchWidget(),
        }

    def clean_url(self) -> str:
        """Refuse where no webhook may go.

        It was looked up before the transaction that the form is saved in.
        """
        if self.url_error:
            raise ValidationError(self.url_error, "refused")
        return str(self.cleaned_data["url"])
