"""The peer's one app, under the label of the application's: their permissions are the same rows."""

from django.apps import AppConfig


class PeerConfig(AppConfig):
    """The app of the peer."""

    name = "bench.peer"
    label = "gasutil"
