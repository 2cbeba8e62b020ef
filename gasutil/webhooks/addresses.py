"""Where a webhook may go: by https to public addresses.

This holds whatever a name says and however an address is written.

Who may set up webhooks must not thereby reach what only this machine can: its own ports, its
neighbours, its cloud's metadata. So a name is resolved here, every address that it has is looked
at, and the connection goes to one of these and to no other.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

PORTS = {"https": 443, "http": 80}
# Below it are mail servers, shells and the like; 443 is the one that is meant for this.
UNPRIVILEGED = 1024
SAFE_CHARACTERS = "/?%:@!$&'()*+,;=~-._"  # what a path and a query may hold as it is
UNICAST = ip_network("2000::/3")
TRANSLATED = ip_network("64:ff9b::/96")  # IPv4 by NAT64: as public as the address within
NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments; some Python versions take parts of it for public
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4: IPv4 in disguise, and no longer routed
        "3fff::/20",
    )
)


class Refused(Exception):
    """The URL of a webhook is not allowed."""


class Target(NamedTuple):
    """A URL, taken apart."""

    scheme: str
    host: str
    port: int
    netloc: str
    path: str

    @property
    def url(self) -> str:
        """Return the URL, its name as the network writes it."""
        return f"{self.scheme}://{self.netloc}{self.path}"


def parse_url(url: str, *, is_trusted: bool = False) -> Target:
    """Take a URL apart; raise `Refused` for a URL that a webhook may not have.

    One that is trusted comes from the settings: it may have any scheme of the web, and any port.
    """
    is_free = is_trusted or settings.WEBHOOK_ALLOW_PRIVATE
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError as error:
        raise Refused(_("Enter a valid URL.")) from error
    if not host or not url.isprintable() or " " in url or "\\" in url:
        raise Refused(_("Enter a valid URL."))
    if parts.scheme not in PORTS or (parts.scheme == "http" and not is_free):
        raise Refused(_("The URL must start with https:// because events contain customer data."))
    if "@" in parts.netloc or parts.fragment:
        raise Refused(
            _(
                "The URL can't contain a username, a password or a fragment. Check the signature to"
                " verify the sender."
            )
        )
    port = PORTS[parts.scheme] if port is None else port
    if port != PORTS[parts.scheme] and port < UNPRIVILEGED and not is_free:
        raise Refused(_("The port must be 443, or 1024 or higher."))
    name = f"[{host}]" if ":" in host else host
    netloc = name if port == PORTS[parts.scheme] else f"{name}:{port}"
    path = quote(parts.path or "/", safe=SAFE_CHARACTERS) + (
        f"?{quote(parts.query, safe=SAFE_CHARACTERS)}" if parts.query else ""
    )
    return Target(parts.scheme, host, port, netloc, path)


def resolve_host(target: Target, *, is_trusted: bool = False) -> list[str]:
    """Return the addresses that a connection may go to, in the order to try them.

    Raise `Refused` where any of them is not public, unless the target is trusted, and `OSError`
    where there is none.
    """
    is_free = is_trusted or settings.WEBHOOK_ALLOW_PRIVATE
    result = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(network[4][0]) for network in result))
    for address in addresses:
        if not is_free and not is_public(ip_address(address)):
            raise Refused(
                _("%(name)s resolves to %(address)s, which is not a public address.")
                % {
                    "name": target.host,
                    "address": address,
                }
            )
    return addresses


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether an address is reachable from the internet."""
    if isinstance(address, IPv6Address):
        within = address.ipv4_mapped or (
            IPv4Address(address.packed[-4:]) if address in TRANSLATED else None
        )
        if within is not None:
            return is_public(within)
        if address not in UNICAST:
            return False
    return (
        address.is_global
        and not address.is_multicast
        and not any(address in network for network in NOT_PUBLIC)
    )


def check_url(url: str) -> str:
    """Return a URL as it is stored.

    Raise `Refused` if a webhook may not have it, as its name resolves now.
    """
    target = parse_url(url)
    try:
        resolve_host(target)
    except OSError as error:
        raise Refused(
            _("%(name)s can't be resolved. Check the host name.") % {"name": target.host}
        ) from error
    return target.url
