"""Where the pages are: what the server listens on, and by which address browsers know it. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from zoho_pipeline.dashboard import identity as identities
from zoho_pipeline.dashboard.identity import Identity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.guard import LOOPBACK

PORT = 8480


class NoSite(Foreseen):
    """The pages cannot be served like that."""


@dataclass(frozen=True)
class Site:
    """The pages' place.

    Attributes:
        origin: None on loopback, where each of this machine's own names will do.
        proxies: the addresses of the proxy: what it says of who asks counts from there alone.
        identity: the header by which it says who has signed in there; None where it says nothing.
    """

    host: str = "127.0.0.1"
    port: int = PORT
    origin: str | None = None
    proxies: frozenset[str] = frozenset(identities.LOOPBACK)
    identity: Identity | None = None

    @property
    def secure(self) -> bool:
        """Whether browsers come by https, so that cookies never travel in the open."""
        return self.origin is not None

    @property
    def shown(self) -> str:
        """The address to open."""
        return self.origin or f"http://{self.host}:{self.port}"

    def knows(self, host: str) -> bool:
        """Whether the Host header names these pages; any other is a name that somebody else points here."""
        if self.origin is not None:
            return host.lower() == urlsplit(self.origin).netloc
        return (urlsplit(f"//{host}").hostname or "") in LOOPBACK

    def sent_from_here(self, origin: str | None, host: str) -> bool:
        """Whether a form was sent by one of these pages: browsers say so with every POST."""
        return origin == (self.origin or f"http://{host}")


def site(
    host: str, port: int, url: str | None, proxies: Collection[str] = (), identity_header: str | None = None
) -> Site:
    """The place, as the command was told.

    Args:
        url: the address that browsers use, behind a proxy that speaks https; None on loopback.
        proxies: where that proxy calls from; none named: this machine.
        identity_header: by which it says who has signed in there.

    Raises:
        NoSite: when passwords would travel in the open, or there is no proxy that could say who comes.
        NoIdentity: when header or addresses will not do.
    """
    if url is None:
        if host not in LOOPBACK:
            raise NoSite(
                f"On {host} others could read passwords on their way: put a proxy that speaks https before the pages, "
                "and give its address (--url https://…)."
            )
        if proxies or identity_header:
            raise NoSite("Without a proxy nobody can say who comes: give its address as well (--url https://…).")
        return Site(host, port)
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
        raise NoSite(f"{url!r} is no address of the pages: write https://, the host, and nothing behind it (--url).")
    said = identities.identity(identity_header, proxies) if identity_header else None
    return Site(host, port, f"https://{parts.netloc.lower()}", identities.addresses(proxies), said)
