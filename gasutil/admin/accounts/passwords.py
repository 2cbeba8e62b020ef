"""The console's form in which users change their own password.

Wrong old passwords are limited as in the API.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_noop
from unfold.forms import AdminOwnPasswordChangeForm

from gasutil.access import Actor
from gasutil.errors import Busy, TooManyAttempts
from gasutil.identity.security_log import failures_recorded, record_event
from gasutil.models import Channel, SecurityEventType, SecurityOutcome, User
from gasutil.workflow import passwords


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """Change the password of the user who is logged in."""

    def clean_old_password(self) -> str:
        """Check the old password; the attempt is counted first, together with those of the API."""
        key = str(self.user.pk)
        try:
            with failures_recorded(SecurityEventType.PASSWORD_CHANGE, user=self.user):
                passwords.OLD_PASSWORDS.count(key)
            old_password: str = super().clean_old_password()
        except (TooManyAttempts, Busy) as error:
            raise ValidationError(error.message, code=error.code) from error
        except ValidationError:
            record_event(SecurityEventType.PASSWORD_CHANGE, SecurityOutcome.FAILURE, user=self.user)
            raise
        passwords.OLD_PASSWORDS.forgive(key)
        return old_password

    def save(self, commit: bool = True) -> User:  # Django's own signature
        """Set the password by the verb, which writes the history and notifies the user."""
        user: User = self.user
        password = self.cleaned_data["new_password1"]
        passwords.set_password(
            user,
            password,
            actor=Actor(user, Channel.CONSOLE),
            reason=gettext_noop("Password changed"),
        )
        return user
