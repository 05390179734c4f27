"""Who asks: this machine, or somebody else."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from flask import Request

# What a proxy adds: who asks through one on this machine is not on it
_FORWARDING = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


def is_loopback(address: str) -> bool:
    """Tell whether an address is of this machine only."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address == "localhost"
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return (mapped or parsed).is_loopback


def comes_from_here(request: Request) -> bool:
    """Tell whether the other end of the line is on this machine, whatever headers say."""
    # Where proxies are believed, their word stands in the place of the address, and they say so
    is_forwarded = any(name in request.headers for name in _FORWARDING)
    return not is_forwarded and is_loopback(request.remote_addr or "")
