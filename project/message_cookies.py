"""Messages between two pages of the console, in a cookie whose name is a setting."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class MessageCookie(CookieStorage):
    """Django's own storage, with the name of `MESSAGE_COOKIE_NAME`."""

    cookie_name = settings.MESSAGE_COOKIE_NAME


class MessageStorage(FallbackStorage):
    """Store messages in the cookie, or in the session if they are too long for it."""

    storage_classes = (MessageCookie, SessionStorage)
