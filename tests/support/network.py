"""Names that lead where a test wants them to."""

from collections.abc import Callable

Names = Callable[..., None]
