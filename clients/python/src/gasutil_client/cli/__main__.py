"""`python -m gasutil_client.cli` is `gasutil-cli`."""

from gasutil_client.cli.main import run

run()
