"""Second factors of tests: an app that makes codes, as the one on a phone does."""

import base64
import time

from gasutil.access import Actor
from gasutil.identity import second_factor
from gasutil.models import User
from gasutil.workflow import second_factors
from tests.support.people import PASSWORD


class Phone:
    """An authenticator app that was given a secret; each code is that of a later step."""

    def __init__(self, secret: str) -> None:
        self.generator = second_factor.totp(base64.b32decode(secret))

    def code(self, *, steps: int = 0) -> str:
        """Return the code of now, or of some steps of 30 seconds later."""
        at = time.time() + steps * second_factor.STEP_SECONDS
        return self.generator.generate(int(at)).decode()


def enrol(user: User) -> tuple[Phone, list[str]]:
    """Set up a second factor, with the code of the step before now; return it and its codes."""
    setup = second_factors.start_setup(actor=Actor(user), password=PASSWORD)
    phone = Phone(setup.secret)
    codes = second_factors.confirm(actor=Actor(user), otp=phone.code(steps=-1)).recovery_codes
    user.refresh_from_db()
    return phone, codes
