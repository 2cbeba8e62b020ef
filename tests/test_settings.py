"""Settings come from the environment, and invalid values stop the server."""

import ast
import datetime as dt
import os
import runpy
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from environs import EnvError

FILE = settings.BASE_DIR / "project" / "settings.py"
LOWEST = {
    **dict.fromkeys(
        (
            "WEB_THREADS",
            "WEB_WORKERS",
            "WITNESS_QUORUM",
            "TIMESTAMP_MINUTES",
            "BODY_SECONDS",
            "TRANSFER_MIN_RATE",
            "TRANSFER_WINDOW_SECONDS",
            "SLOW_CLIENTS",
            "SLOW_CLIENTS_PER_ADDRESS",
        ),
        1,
    ),
    "ACCESS_REVIEW_DAYS": 1,
    "ADDRESS_LIMIT": 1,
    "API_BODY_LIMIT": 1,
    "BULK_AT_ONCE": 0,  # everything is left to the worker
    "BULK_LIMIT": 1,
    "COMMENT_LIMIT": 0,
    "CONSOLE_IDLE_MINUTES": 1,
    "CONSOLE_SESSION_HOURS": 1,
    "DATABASE_POOL": 1,
    "DELIVERY_DAYS": 1,
    "EMAIL_CHANGE_LIMIT": 0,
    "EMERGENCY_LIMIT": 0,
    "ESCALATE_AGAIN": 1,
    "ESCALATE_AGAIN_EMERGENCY": 1,
    "EXPORT_LIMIT": 1,
    "FILES_A_CALL": 1,
    "FILES_A_REQUEST": 1,
    "FILES_QUOTA": 1,
    "FILES_SWEEP_PERCENT": 0,
    "FILES_TRASH_DAYS": 0,  # deleted at once
    "FILE_LIMIT": 1,
    "IMPORT_LIMIT": 1,
    "JWT_ACCESS_SECONDS": 1,
    "JWT_LOGIN_DAYS": 1,
    "JWT_REFRESH_SECONDS": 1,
    "JWT_ROTATION_GRACE_SECONDS": 0,  # a used token is never a retry
    "LOGIN_LIMIT_ADDRESS": 0,
    "LOGIN_LIMIT_PAIR": 0,
    "OLD_PASSWORD_LIMIT": 0,
    "PASSWORD_RESET_LIMIT": 0,
    "PORT": 1,
    "PERSONAL_EXPORT_LIMIT": 0,
    "REGISTER_LIMIT": 0,
    "SECOND_FACTOR_DAYS": 0,
    "SECOND_FACTOR_LIMIT": 0,
    "REQUEST_LIMIT": 0,
    "SECURE_HSTS_SECONDS": 0,
    "SECURITY_LOG_DAYS": 1,
    "STAFF_EMAIL_LIMIT": 0,
    "STEP_UP_MINUTES": 0,
    "STREAMS_A_PROCESS": 1,
    "STREAMS_A_USER": 1,
    "TEXT_LIMIT": 1,
    "UPDATE_LIMIT": 0,
    "UPLOAD_LIMIT": 0,
    "WORKER_SILENCE": 1,
}
POSTGRESQL = "postgres://desk@db.example.com/desk"


def read(**environment: str) -> dict[str, Any]:
    """Return the settings of an environment with nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - {"PATH"}:
            patch.delenv(name)
        for name, value in (
            {"SECRET_KEY": "s" * 40, "PYTHON_DOTENV_DISABLED": "true"} | environment
        ).items():
            patch.setenv(name, value)
        return runpy.run_path(str(FILE))


def options(url: str) -> dict[str, Any]:
    result: dict[str, Any] = read(DATABASE_URL=url)["DATABASES"]["default"]["OPTIONS"]
    return result


def test_the_options_of_a_postgresql_url_are_used() -> None:
    result = options(
        "postgres://desk@db.example.com/desk?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    )
    pool = {"min_size": 1, "max_size": 10, "timeout": 5, "reconnect_timeout": 4}
    assert result == {"pool": pool, "sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}


def test_the_options_of_an_sqlite_url_are_used() -> None:
    result = options("sqlite:////tmp/desk.sqlite3?timeout=60")
    assert (result["timeout"], result["transaction_mode"]) == (60, "IMMEDIATE")


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
def test_a_line_of_the_log_has_its_time_in_utc_with_the_offset(zone: str) -> None:
    command = (
        "import django; django.setup(); import logging;"
        " logging.getLogger('desk').warning('Something')"
    )
    known = {
        "SECRET_KEY": "s" * 40,
        "PYTHON_DOTENV_DISABLED": "true",
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "TIME_ZONE": zone,
    }
    started = dt.datetime.now(dt.UTC)
    done = subprocess.run(
        [sys.executable, "-c", command],
        cwd=settings.BASE_DIR,
        env=known,
        check=True,
        capture_output=True,
        text=True,
    )
    time, rest = done.stderr.strip().split(" ", 1)
    assert rest == "WARNING desk -: Something"  # no request is being served
    assert time.endswith("+00:00")
    assert (
        started
        <= dt.datetime.fromisoformat(time) + dt.timedelta(milliseconds=1)
        <= dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
    )


def numbers() -> set[str]:
    """Return the names of the numbers that `settings.py` asks the environment for."""
    return {
        ast.literal_eval(node.args[0])
        for node in ast.walk(ast.parse(FILE.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("env.int", "env.float", "env.decimal")
    }


def test_every_number_has_a_minimum() -> None:
    assert numbers() == LOWEST.keys()


@pytest.mark.parametrize(("name", "lowest"), LOWEST.items())
def test_a_number_that_makes_no_sense_stops_the_server(name: str, lowest: int) -> None:
    read(DATABASE_URL=POSTGRESQL, **{name: str(lowest)})
    for senseless in (str(lowest - 1), "-7", "ten", "1.5"):
        with pytest.raises(EnvError, match=f'Environment variable "{name}" invalid'):
            read(DATABASE_URL=POSTGRESQL, **{name: senseless})


def test_an_invalid_port_stops_the_server() -> None:
    with pytest.raises(EnvError, match='Environment variable "PORT" invalid'):
        read(PORT="65536")
