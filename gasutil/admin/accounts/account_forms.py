"""The forms of accounts.

Addresses that staff enter are limited, and checked as the API checks them.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import ModelForm
from unfold.forms import UserChangeForm, UserCreationForm

from gasutil.access import Actor
from gasutil.errors import TooManyAttempts
from gasutil.models import User
from gasutil.workflow import accounts


class WithAddress:
    """Count each new email address before it is checked, and reject one that is taken.

    An address is taken if another account uses it in any spelling.
    """

    actor: Actor  # who edits; set by `UserAdmin.get_form`
    instance: User
    cleaned_data: dict[str, Any]
    errors: Any
    fields: Any

    def clean_email(self) -> str:
        """Count a new address."""
        email: str = self.cleaned_data["email"]
        if email and email != self.instance.email:
            try:
                accounts.count_entered_address(email, account_id=self.instance.pk, actor=self.actor)
            except TooManyAttempts as error:
                raise ValidationError(error.message, error.code) from error
        return email

    def clean(self) -> Any:
        """Reject a username or an address that is taken."""
        data = super().clean()  # type: ignore[misc]
        given = {
            name: self.cleaned_data[name]
            for name in ("username", "email")
            if self.cleaned_data.get(name)
        }
        for error in accounts.taken_errors(User(pk=self.instance.pk, **given)):
            self.add_error(error.field, ValidationError(error.message, error.code))  # type: ignore[attr-defined]
        return data


class NewAccountForm(WithAddress, UserCreationForm):
    """Add an account."""


class AccountForm(WithAddress, UserChangeForm):
    """Change an account, as a superuser."""


class PersonForm(WithAddress, ModelForm):  # type: ignore[type-arg]
    """Change an account, as a manager: it shows no password."""
