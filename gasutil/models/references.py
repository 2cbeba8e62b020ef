"""References that people can read out to each other."""

from django.utils.crypto import get_random_string

# Nothing that sounds or looks like something else.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def reference(prefix: str, groups: int) -> str:
    """Return a new number, such as `SR-7KQ-2M4-TDX`.

    It is a prefix and groups of three, and does not show how many numbers there are.
    """
    return "-".join([prefix, *(get_random_string(3, REFERENCE_ALPHABET) for _ in range(groups))])
