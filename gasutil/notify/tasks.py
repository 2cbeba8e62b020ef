"""The mails of accounts, sent by the background worker.

So the response time does not reveal whether a mail was sent.
"""

from django_tasks import task

from gasutil.models import Notice, User
from gasutil.models.accounts import settled_at
from gasutil.notify.deliveries import send_to


@task()
def send_email_confirmation(user_id: int) -> None:
    """Mail the link that confirms an address."""
    send_to(user_id, Notice.EMAIL_CONFIRMATION)


@task()
def send_password_reset(email: str) -> None:
    """Mail the link that sets a new password, if an account has this address."""
    for user in User.objects.filter(settled_at(email), is_active=True):
        send_to(user.pk, Notice.PASSWORD_RESET)
