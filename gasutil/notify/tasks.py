"""The mails of accounts, planned by the background worker: a caller can't tell from the time whether one went out."""

from django_tasks import task

from gasutil.models import Notice, User
from gasutil.notify.deliveries import send_to


@task()
def send_email_confirmation(user_id: int) -> None:
    """Mail the link that confirms an address."""
    send_to(user_id, Notice.EMAIL_CONFIRMATION)


@task()
def send_password_reset(email: str) -> None:
    """Mail the link that sets a new password, to whoever has the address; nobody may."""
    for user in User.objects.filter(email__iexact=email, is_active=True):
        send_to(user.pk, Notice.PASSWORD_RESET)
