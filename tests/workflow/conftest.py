"""The users as actors, and requests in any status."""

import pytest

from gasutil.models import User
from tests.support.people import make_user


@pytest.fixture(autouse=True)
def complete(complete_histories: None) -> None:
    """Each test of this folder fails if the product writes without a history row."""


@pytest.fixture
def viewer(db: None) -> User:
    """A customer who may see shared requests and not change them."""
    return make_user("viewer")
