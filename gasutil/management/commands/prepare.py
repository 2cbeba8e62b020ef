"""Make an installation ready to serve: database, files, catalogue, and on the first run people and demonstration data."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.crypto import get_random_string
from environs import Env
from rich.console import Console
from rich.panel import Panel

from gasutil.models import User

LOGINS = settings.VAR_DIR / "logins.txt"
console = Console()
env = Env()


class Command(BaseCommand):
    """Do what is not done yet; a second run changes nothing."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, and say who can log in where somebody new can."""
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("load_catalogue", verbosity=0)
        is_empty = not User.objects.exists()
        logins = make_administrator()
        if is_empty:
            password = get_random_string(12)
            call_command("load_demo", password=password)
            logins += [("manager", "meera.iyer", password), ("support", "arjun.nair", password), ("customer", "priya.sharma", password)]
        if logins:
            tell(logins)


def make_administrator() -> list[tuple[str, str, str]]:
    """Make the first administrator, and return the login; nothing where there is one."""
    if User.objects.filter(is_superuser=True).exists():
        return []
    username = env.str("DJANGO_SUPERUSER_USERNAME", "admin")
    password = env.str("DJANGO_SUPERUSER_PASSWORD", "") or get_random_string(16)
    User.objects.create_superuser(username, env.str("DJANGO_SUPERUSER_EMAIL", "admin@localhost"), password, first_name="Administrator")
    return [("administrator", username, password)]


def tell(logins: list[tuple[str, str, str]]) -> None:
    """Print who can log in, this once, and keep it where only this account can read it."""
    lines = [f"{role:<14} {username:<14} {password}" for role, username, password in logins]
    LOGINS.touch(mode=0o600)
    LOGINS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    console.print(
        Panel("\n".join(lines), title="Logins, shown this once", subtitle=f"kept in {LOGINS.relative_to(settings.BASE_DIR)}", expand=False)
    )
