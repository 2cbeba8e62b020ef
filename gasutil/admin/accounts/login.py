"""The console's login form, which shows why the throttling backend rejects a login."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from unfold.forms import AuthenticationForm

from gasutil.access import Actor, Role
from gasutil.admin.accounts.second_factor_pages import await_code
from gasutil.errors import ApprovalRequired, Busy, SecondFactorRequired, TooManyAttempts
from gasutil.identity.security_log import record_event
from gasutil.models import SecurityEventType, SecurityOutcome, User


class LoginForm(AuthenticationForm):
    """Log approved support staff in."""

    def clean(self) -> dict[str, Any]:
        """Check name and password; show too many attempts and a busy server in the form."""
        try:
            return super().clean()  # type: ignore[no-any-return]
        except (TooManyAttempts, Busy) as error:
            raise ValidationError(error.message, code=error.code) from error

    def confirm_login_allowed(self, user: User) -> None:
        """Reject users who may not use the console."""
        try:
            self._require_support(user)
            super().confirm_login_allowed(user)
            self._require_code(user)
        except ValidationError as error:
            if error.code == SecondFactorRequired.code:
                raise
            record_event(
                SecurityEventType.LOGIN,
                SecurityOutcome.DENIED,
                user=user,
                request=self.request,
                reason=error.code,
            )
            raise

    def _require_code(self, user: User) -> None:
        """Leave the login to the page that asks for the code, if the user has a second factor."""
        if user.has_second_factor:
            await_code(self.request, user)
            raise ValidationError("", code=SecondFactorRequired.code)

    def _require_support(self, user: User) -> None:
        role = Actor(user).role
        if role is Role.PENDING_SUPPORT:
            raise ValidationError(ApprovalRequired().message, code=ApprovalRequired.code)
        if role is not Role.SUPPORT:
            raise ValidationError(
                _("This console is for support staff. Customers use the app."), code="not-staff"
            )
