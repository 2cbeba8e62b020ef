"""Have Django's admin be the console: its own site, made before any page is registered on it."""

from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class ConsoleConfig(AdminConfig):
    """Django's admin app with the console's site and pages."""

    default_site = "gasutil.admin.site.ConsoleSite"

    def ready(self) -> None:
        """Have every app register its pages, then the console its own, which replace some of theirs."""
        super().ready()
        import_module("gasutil.admin.registered")
