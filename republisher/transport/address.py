"""Which addresses may be asked: an own table of everything that is not the public internet.

`ipaddress.is_global` is not enough: translated and tunnelled addresses (NAT64, 6to4, Teredo) count as global there, yet
lead wherever the IPv4 address inside them leads. They are refused whole, as nothing public is only to be had so.
"""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_THIS = "this computer itself"
_PRIVATE = "a private network"
_METADATA = "a service inside the machine's own data centre"
_UNUSED = "a network that is not part of the public internet"
_TUNNEL = "an address that hides another one"

DENIED: tuple[tuple[Network, str], ...] = tuple(
    (ipaddress.ip_network(network), reason)
    for reason, networks in (
        (_METADATA, "169.254.169.254/32 100.100.100.200/32 168.63.129.16/32 192.0.0.192/32 fd00:ec2::/32"),
        (_THIS, "0.0.0.0/8 127.0.0.0/8 ::/128 ::1/128"),
        (_PRIVATE, "10.0.0.0/8 100.64.0.0/10 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16"),
        (_PRIVATE, "fc00::/7 fe80::/10 fec0::/10"),
        (_TUNNEL, "192.88.99.0/24 ::/96 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48"),
        (_TUNNEL, "2001::/32 2002::/16"),
        (_UNUSED, "192.0.0.0/24 192.0.2.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"),
        (_UNUSED, "100::/64 2001::/23 2001:db8::/32 3fff::/20 5f00::/16 ff00::/8"),
    )
    for network in networks.split()
)
"""The IANA special-purpose registries, and what clouds keep at public-looking addresses; first match counts."""
_PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")
"""All that has been given out (RFC 4291 §2.4); what lies outside is nobody's."""
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""Upper half of an interface identifier whose lower half is an IPv4 address (RFC 5214 §6.1)."""


def refusal(address: str) -> str | None:
    """Return where `address` leads if that is not the public internet, in words; None if it may be asked."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return _UNUSED
    for network, reason in DENIED:
        if parsed in network:
            return reason
    if isinstance(parsed, ipaddress.IPv4Address):
        return None
    if parsed not in _PUBLIC_IPV6 or parsed.scope_id is not None:
        return _UNUSED
    value = int(parsed)
    return _TUNNEL if (value >> 32) & 0xFFFF_FFFF in _ISATAP else None
