"""The benchmark runs from end to end.

The peer and 0.1.0 need environments of their own, and are left out.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

pytestmark = [pytest.mark.services, pytest.mark.django_db]
OPTIONS = ["--quick", "--sizes", "1000,2000", "--rounds", "1", "--calls", "2"]
OPTIONS += ["--streams", "20", "--messages", "5", "--alarms", "10", "--load-seconds", "0.1"]
OPTIONS += ["--without", "peer", "--without", "today"]


def test_it_measures_everything(tmp_path: Path) -> None:
    known: dict[str, Any] = connection.settings_dict
    login = f"{known['USER']}:{known['PASSWORD']}" if known["PASSWORD"] else known["USER"]
    server = f"postgres://{login}@{known['HOST']}:{known['PORT']}/bench_{os.getpid()}"
    subprocess.run(
        [sys.executable, "-m", "bench", *OPTIONS, "--results", str(tmp_path)],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "BENCH_DATABASE_URL": server},
        check=True,
    )
    (file,) = tmp_path.glob("*.json")
    results = json.loads(file.read_text(encoding="utf-8"))
    assert results["streams"]["is_whole"]
    background = results["background"]
    assert [background[name]["arrived"] for name in ("mails", "webhooks")] == [5, 5]
    assert background["alarms"]["escalated"] == background["alarms"]["due"] == 10
    assert background["logins"]["rate"] > 0
