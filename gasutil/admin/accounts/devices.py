"""Short names for browsers and apps, from their `User-Agent` header."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

# The first that is found in the text; later ones are also in the texts of earlier ones.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
PHONES = frozenset({"iPhone", "iPad", "Android"})


def device_name(user_agent: str) -> str:
    """Return a short name such as “Firefox on Windows”.

    Of apps the beginning, such as `GasApp/2.1`.
    """
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if not browser or not user_agent.startswith("Mozilla/"):
        return user_agent.split(" ")[0] or _("Unknown device")
    return (
        _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
        if system
        else browser
    )


def _first(names: Sequence[tuple[str, str]], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")


def device_icon(user_agent: str) -> str:
    """Return the name of an icon: a phone, a computer, or a program."""
    if _first(SYSTEMS, user_agent) in PHONES:
        return "smartphone"
    return "computer" if user_agent.startswith("Mozilla/") else "terminal"
