"""Use the console's own site for Django's admin, before any page is registered on it."""

from importlib import import_module

from django.contrib.admin.apps import AdminConfig


class ConsoleConfig(AdminConfig):
    """Django's admin app with the console's site and pages."""

    default_site = "gasutil.admin.site.ConsoleSite"

    def ready(self) -> None:
        """Register the pages of all apps, then those of the console.

        The console's pages replace some of the apps' pages.
        """
        super().ready()
        import_module("gasutil.admin.registered")
