"""Random numbers that a run can repeat."""

import os
from random import Random

SEED = os.environ.get("TEST_SEED", "1")


def randomness(test: str) -> Random:
    """Return random numbers for a test, and print the seed that gives them again.

    pytest shows what is printed when the test fails. Another seed tries other cases:
    `TEST_SEED=2 make test`.
    """
    print(f"TEST_SEED={SEED} repeats this run of {test}")  # noqa: T201
    return Random(f"{SEED} {test}")
