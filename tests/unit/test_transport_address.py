"""Addresses: nothing that is not the public internet passes, however it is spelt."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from republisher.transport.address import DENIED, refusal
from republisher.transport.place import canonical, locate, redirected, shown
from republisher.transport.values import HttpError

IPV4_DENIED = [network for network, _ in DENIED if network.version == 4]


@st.composite
def denied(draw: st.DrawFn) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Draw an address from one of the networks of the table."""
    network, _ = draw(st.sampled_from(DENIED))
    return network[draw(st.integers(0, network.num_addresses - 1))]


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str]:
    """Draw an IPv4 address of the table, and a spelling of it that resolvers understand."""
    network = draw(st.sampled_from(IPV4_DENIED))
    address = network[draw(st.integers(0, network.num_addresses - 1))]
    value, parts = int(address), draw(st.integers(1, 4))
    numbers = [(value >> (24 - 8 * index)) & 0xFF for index in range(parts - 1)]
    numbers.append(value & ((1 << (8 * (5 - parts))) - 1))
    forms = [draw(st.sampled_from(("{}", "0x{:x}", "0x{:X}", "0{:o}"))).format(number) for number in numbers]
    return str(address), ".".join(forms) + draw(st.sampled_from(("", ".")))


@given(denied())
def test_no_address_of_the_table_passes(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """Every address inside a listed network is refused with a reason."""
    assert refusal(str(address))


@given(spellings())
def test_no_spelling_hides_an_address(pair: tuple[str, str]) -> None:
    """Decimal, octal and hexadecimal spellings come out as the address they mean."""
    address, spelling = pair
    assert canonical(spelling) == address
    assert locate(f"http://{spelling}/")[0].host == address


@given(st.sampled_from([network for network in IPV4_DENIED if network.prefixlen < 32]), st.integers(0, 2**32 - 1))
def test_no_embedding_hides_an_address(network: ipaddress.IPv4Network, number: int) -> None:
    """An IPv4 address inside an IPv6 one is refused in every way of putting it there."""
    inner = int(network[number % network.num_addresses])
    prefixes = ("::ffff:0:0", "::", "64:ff9b::", "64:ff9b:1::", "2001:0:1234::", "2606:4700::5efe:0:0")
    embedded = [ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | inner) for prefix in prefixes]
    embedded.append(ipaddress.IPv6Address((0x2002 << 112) | (inner << 80) | 1))
    assert all(refusal(str(address)) for address in embedded)


@given(st.ip_addresses())
def test_nothing_passes_that_python_knows_as_special(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """The table is never more lenient than the standard library's."""
    special = not address.is_global or address.is_multicast or address.is_reserved
    anycast = isinstance(address, ipaddress.IPv4Address) and address in ipaddress.ip_network("192.31.196.0/24")
    assert refusal(str(address)) or not special or anycast


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450::1"])
def test_the_public_internet_passes(address: str) -> None:
    """Ordinary addresses may be asked."""
    assert refusal(address) is None


@pytest.mark.parametrize(
    "address", ["fe80::1%eth0", "2606:4700::1%lo", "nonsense", "", "4000::1", "::", "169.254.169.254", "fd00:ec2::254"]
)
def test_what_is_not_an_address_does_not_pass(address: str) -> None:
    """Scoped, unassigned, unspecified and unreadable addresses are refused."""
    assert refusal(address)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("http://example.org.:80/a?b#c", "http://example.org/a?b"),
        ("https://example.org:8443/", "https://example.org:8443/"),
        ("http://[::FFFF:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
        ("http://①②⑦.⓪.⓪.①/", "http://127.0.0.1/"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
        ("http://bücher.example/ü?ü", "http://xn--bcher-kva.example/%C3%BC?%C3%BC"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        (" http://example.org/a b\n", "http://example.org/a%20b"),
        ("http://example.org@10.0.0.1/", "http://10.0.0.1/"),
        ("http://example.org\\@10.0.0.1/", "http://10.0.0.1/"),
        ("http://10.0.0.1#@example.org/", "http://10.0.0.1/"),
    ],
)
def test_a_place_is_spelt_in_one_way(url: str, place: str) -> None:
    """Case, trailing dots, default ports, scripts, credentials and fragments are dealt with once."""
    assert locate(url)[0].url == place


@pytest.mark.parametrize(
    "url",
    [
        "", "feed.xml", "file:///etc/passwd", "ftp://example.org/", "javascript:1", "http://", "http:///x",
        "http://[::1", "http://[::1%25lo]/", "http://a:b/", "http://a:70000/", "http://a:0/", "http://..", "http://a..b/",
        "http://exa mple.org/", "http://127%2e0.0.1/", "http://1.2.3.4.5/x" * 999, "http://0x100000000/", "http://-/",
    ],
)  # fmt: skip
def test_what_is_no_place_is_refused(url: str) -> None:
    """Whatever names no web host is an error, never a request."""
    with pytest.raises(HttpError, match="address"):
        locate(url)


@given(st.text(), st.text())
def test_any_text_is_a_place_or_an_error(url: str, location: str) -> None:
    """Nothing but `HttpError` is raised, and what comes out is ASCII that reads the same again."""
    try:
        place = redirected(locate(f"http://example.org/{url}")[0], location)
    except HttpError:
        return
    assert place.url.isascii()
    assert not set(place.url) & set("\r\n\t \0")
    assert locate(place.url)[0] == place


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@example.org/feed", "//user:secret@example.org/", "http:user:secret@example.org/",
        "https://user:secret@", "http://us@er:secret@example.org/", "ftp://user:secret@example.org/",
        "https://user:sec/secret@example.org/", "https://user:secret@example.org:bad/",
    ],
)  # fmt: skip
def test_credentials_are_never_shown(url: str) -> None:
    """Neither an address as shown nor the error about it holds the password."""
    try:
        message = locate(url)[0].url
    except HttpError as error:
        message = str(error)
    assert "secret" not in message
    assert "secret" not in shown(url) or "/secret" in url


def test_credentials_authorise() -> None:
    """User name and password of the address become basic authentication, decoded first."""
    assert locate("https://us%40er:p%C3%A4ss@example.org/")[1] == "Basic dXNAZXI6cMOkc3M="
    assert locate("https://example.org/")[1] is None


def test_redirects_bring_no_credentials() -> None:
    """User name and password of a redirect are dropped."""
    place, _ = locate("http://example.org/a/")
    assert redirected(place, "//u:p@example.net/b").url == "http://example.net/b"


def test_the_table_agrees_with_the_resolver() -> None:
    """What the system's resolver makes of numbers is what we make of them."""
    for spelling in ("127.1", "0x7f000001", "017700000001", "2130706433", "10.1"):
        found = socket.getaddrinfo(spelling, 80, type=socket.SOCK_STREAM)[0][4][0]
        assert canonical(spelling) == found
