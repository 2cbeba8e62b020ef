"""Where a webhook may go: valid URLs, and public addresses."""

import socket
from ipaddress import ip_address

import pytest

from gasutil.webhooks import addresses
from gasutil.webhooks.addresses import Refused
from tests.support.network import Names

PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",  # a carrier's
    "169.254.169.254",  # a cloud's metadata
    "192.0.0.192",  # another cloud's
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",  # Teredo
    "2001:db8::1",
    "2002:7f00:1::",  # 127.0.0.1 by 6to4
    "2002:808:808::",  # 8.8.8.8 by 6to4: no one routes it any more
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",  # metadata again
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.1",
    "192.0.1.1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_it_knows_what_is_not_public(address: str) -> None:
    assert not addresses.is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_it_knows_what_is_public(address: str) -> None:
    assert addresses.is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//example.com/",
        "example.com",
        "",
        "https://",
        "https:///path",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://example.com@127.0.0.1/",
        "https://example.com/#here",
        "https://example.com:22/",
        "https://example.com:25/",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:x/",
        "https://exa mple.com/",
        "https://example.com\\@127.0.0.1/",
        "https://example.com/\r\nX-Evil: 1",
        "https://example.com/\x00",
        "https://[::1/",
        "https://a..b/",
        f"https://{'a' * 64}.example.com/",
    ],
)
def test_it_rejects_invalid_urls(url: str) -> None:
    with pytest.raises(Refused):
        addresses.parse_url(url)


@pytest.mark.parametrize(
    ("url", "stored"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://Example.COM/Hook?a=b", "https://example.com/Hook?a=b"),
        ("https://example.com:443/", "https://example.com/"),
        ("https://example.com:8443/x", "https://example.com:8443/x"),
        (
            "https://bücher.example/größe?q=ü",
            "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?q=%C3%BC",
        ),
        ("https://[2606:4700::1111]/%20x", "https://[2606:4700::1111]/%20x"),
    ],
)
def test_it_writes_a_url_as_the_network_does(url: str, stored: str) -> None:
    assert addresses.parse_url(url).url == stored


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "017700000001",
        "[::1]",
        "[::ffff:7f00:1]",
        "localhost",
    ],
)
def test_it_sees_through_ways_of_writing_an_address(host: str) -> None:
    with pytest.raises(Refused, match="not a public address"):
        addresses.check_url(f"https://{host}/")


def test_one_private_address_among_public_ones_is_one_too_many(names: Names) -> None:
    names(two_example=["8.8.8.8", "10.0.0.1"], one_example=["8.8.8.8", "2606:4700::1111"])
    with pytest.raises(
        Refused, match=r"two.example resolves to 10\.0\.0\.1, which is not a public address\."
    ):
        addresses.check_url("https://two.example/")
    assert addresses.check_url("https://one.example/") == "https://one.example/"
    assert addresses.resolve_host(addresses.parse_url("https://one.example/")) == [
        "8.8.8.8",
        "2606:4700::1111",
    ]


def test_an_unknown_host_name_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_knows(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody_knows)
    with pytest.raises(Refused, match=r"nowhere\.example can't be resolved"):
        addresses.check_url("https://nowhere.example/")


def test_a_setting_allows_private_networks(closed_network: None) -> None:
    assert addresses.check_url("http://127.0.0.1:80/x") == "http://127.0.0.1/x"
    with pytest.raises(Refused):
        addresses.parse_url("http://user@127.0.0.1/")
