import pytest

pytest.register_assert_rewrite("tests.support")  # so that its assertions show what they compare
