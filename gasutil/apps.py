"""The Django app of the service desk."""

from importlib import import_module

from django.apps import AppConfig
from django.core.signals import request_started
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy


class GasutilConfig(AppConfig):
    """One app: everything about accounts and service requests."""

    name = "gasutil"
    verbose_name = gettext_lazy("Service desk")

    def ready(self) -> None:
        """Translate the texts of models; register the checks and the receivers of signals."""
        import_module("gasutil.model_texts").translate()
        import_module("gasutil.checks")
        import_module("gasutil.access")
        import_module("gasutil.identity.sessions")
        request_started.connect(import_module("gasutil.form_data").normalise_content_type)
        groups = import_module("gasutil.groups")
        triggers = import_module("gasutil.sqlite_triggers")
        connection_created.connect(triggers.provide_exemption)
        pre_migrate.connect(triggers.remove_triggers, sender=self)
        post_migrate.connect(import_module("gasutil.events.restored").after_migrating, sender=self)
        pre_migrate.connect(groups.note_permissions, sender=self)
        post_migrate.connect(
            groups.make_groups, sender=self
        )  # in here: after the receiver that makes the permissions they hold
        post_migrate.connect(
            import_module("gasutil.workflow.default_types").load_on_first_migrate, sender=self
        )
        post_migrate.connect(triggers.add_triggers, sender=self)
