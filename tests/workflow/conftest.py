"""The cast as actors, and requests in any status."""

import pytest

from gasutil.models import User
from tests.support.people import make_user


@pytest.fixture
def viewer(db: None) -> User:
    """A customer who has been let in to see requests, and to do nothing with them."""
    return make_user("viewer")
