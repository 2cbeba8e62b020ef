"""The background worker, in the process of the test."""

from unittest.mock import patch

from django.core.management import call_command


def run_worker(queue: str = "default") -> None:
    """Do all the background work there is in a queue, as the real worker does.

    Unlike the worker, do not close the connection that the test's transaction is on.
    """
    with patch("django_tasks_db.management.commands.db_worker.close_old_connections"):
        call_command(
            "db_worker",
            queue_name=queue,
            batch=True,
            startup_delay=False,
            reload=False,
            verbosity=0,
        )
