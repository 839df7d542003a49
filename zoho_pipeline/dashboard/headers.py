"""What every answer carries, so that browsers run nothing but the pages' own files; other names are not served."""

from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from zoho_pipeline.dashboard.site import Site

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
PEER = "zoho_pipeline.peer"
"""In a request's scope: the address that the connection itself comes from."""
HTTPS_ONLY = "max-age=31536000"


class Guarded:
    """The app behind it answers to its own name alone, and with these headers.

    From the proxy's own address, and from no other, is taken where a request came from before; the proxy's address
    stays known as the peer's.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._site = site
        taking: Any = ProxyHeadersMiddleware  # it names uvicorn's types of an app, which starlette does not
        self._app: ASGIApp = taking(app, sorted(site.proxies)) if site.secure else app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        client = scope.get("client")
        scope[PEER] = client[0] if client else ""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-store")
                if self._site.secure:
                    headers["Strict-Transport-Security"] = HTTPS_ONLY
            await send(message)

        app = self._app if self._site.knows(Headers(scope=scope).get("host", "")) else _STRANGE
        await app(scope, receive, guarded)


_STRANGE = PlainTextResponse("These pages are not served under that name.", 421)
