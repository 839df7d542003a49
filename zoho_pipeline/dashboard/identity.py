"""Who comes, as an authenticating proxy says it in a header of its own. Off unless the command names the header. Pure.

A header is only as good as who sends it: it counts from the proxy's own address alone. It opens a session for somebody
whom an admin has entered; it enters nobody, gives no role, and signs no month.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from zoho_pipeline.errors import Foreseen

LOOPBACK = ("127.0.0.1", "::1")
LONGEST_NAME = 63
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,62}", re.ASCII)
_TAKEN = frozenset({"authorization", "connection", "content-length", "content-type", "cookie", "host", "origin",
                    "referer", "user-agent", "x-forwarded-for", "x-forwarded-proto", "x-refresh"})  # fmt: skip
"""What browsers send by themselves, or means something else."""


class NoIdentity(Foreseen):
    """The proxy's header cannot be relied on like that."""


class NotByTheProxy(Foreseen):
    """The header came from elsewhere, twice, or with what is no name."""


@dataclass(frozen=True)
class Identity:
    """The header that says who comes, and the addresses that it counts from."""

    header: str
    proxies: frozenset[str]

    def said(self, values: Sequence[bytes], peer: str) -> str | None:
        """The name that the proxy says, of the header's values in one request; None where it says none.

        Raises:
            NotByTheProxy: nothing of the request is answered.
        """
        if not values:
            return None
        if normal(peer) not in self.proxies:
            raise NotByTheProxy(f"The header {self.header} came from another address than the proxy's: refused.")
        if len(values) > 1:
            raise NotByTheProxy(f"The header {self.header} came more than once: refused.")
        name = values[0].decode("latin-1").strip()
        if not name.isascii() or not name.isprintable() or not 2 <= len(name) <= LONGEST_NAME:
            raise NotByTheProxy(f"What the header {self.header} holds is no name to sign in with: refused.")
        return name


def identity(header: str, proxies: Collection[str]) -> Identity:
    """As the command was told; without proxies the header counts from this very machine.

    Raises:
        NoIdentity: when the header is none, or an address is none.
    """
    if not _HEADER.fullmatch(header) or header.lower() in _TAKEN:
        raise NoIdentity(f"{header!r} cannot say who comes: name a header of the proxy's own (--identity-header).")
    return Identity(header.lower(), addresses(proxies))


def addresses(proxies: Collection[str]) -> frozenset[str]:
    """The proxy's addresses; loopback where none is named.

    Raises:
        NoIdentity: when one is no address.
    """
    try:
        return frozenset(str(ip_address(each)) for each in proxies or LOOPBACK)
    except ValueError as error:
        raise NoIdentity(f"{error}: name the proxy by its IP address (--proxy).") from None


def normal(peer: str) -> str:
    """The address as `addresses` writes it, also of IPv4 in IPv6's clothes."""
    try:
        found = ip_address(peer)
    except ValueError:
        return peer
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)
