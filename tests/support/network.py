"""The type of the fixture that sets the addresses of host names."""

from collections.abc import Callable

Names = Callable[..., None]
