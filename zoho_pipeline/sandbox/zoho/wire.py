"""Bytes to bodies and back: JSON or a form's JSONString in, JSON out, and connections that end badly."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive, Send

from zoho_pipeline.sandbox.zoho.errors import ZohoError

JSON = "application/json;charset=UTF-8"
FORM = "application/x-www-form-urlencoded"


async def whole_body(receive: Receive) -> bytes:
    """All of a request's body."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body


def fields(text: str) -> dict[str, str]:
    """A query's or form's fields; of a repeated one, the last."""
    return dict(parse_qsl(text, keep_blank_values=True))


def parsed(raw: bytes, content_type: str) -> Mapping[str, Any]:
    """The body of an API call. Not well formed, or no object: code 1038."""
    if not raw.strip():
        return {}
    try:
        text = raw.decode("utf-8")
        if content_type.startswith(FORM):
            form = fields(text)
            if "JSONString" not in form:
                return form
            text = form["JSONString"]
        body = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _not_well_formed() from None
    if not isinstance(body, dict):
        raise _not_well_formed()
    return body


def encoded(body: Any) -> tuple[bytes, str]:
    """Bytes and content type: text as HTML, nothing as nothing, everything else as JSON."""
    if body is None:
        return b"", JSON
    if isinstance(body, str):
        return body.encode(), "text/html;charset=UTF-8"
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), JSON


async def send_answer(send: Send, status: int, body: Any, headers: Mapping[str, str]) -> None:
    """A whole answer."""
    content, kind = encoded(body)
    await send(_start(status, content, kind, headers))
    await send({"type": "http.response.body", "body": content})


async def send_truncated(send: Send, status: int, body: Any, keep: int) -> None:
    """Promise a whole answer, send so many bytes of it, and hang up."""
    content, kind = encoded(body)
    await send(_start(status, content, kind, {}))
    await send({"type": "http.response.body", "body": content[:keep], "more_body": True})
    transport = _transport(send)
    if transport:
        transport.close()


def reset(send: Send) -> None:
    """Reset the connection: the client sees it at once, and no answer."""
    transport = _transport(send)
    if transport is None or transport.is_closing():
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        # Lingering for no time makes the kernel send RST instead of FIN.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def until_gone(receive: Receive) -> None:
    """Until the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _transport(send: Send) -> asyncio.Transport | None:
    """uvicorn's own connection, since ASGI has no way to break one: `send` is a method of its request."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    return transport if isinstance(transport, asyncio.Transport) else None


def _start(status: int, content: bytes, kind: str, headers: Mapping[str, str]) -> dict[str, Any]:
    shown = {"content-type": kind, "content-length": str(len(content)), **headers}
    return {
        "type": "http.response.start",
        "status": status,
        "headers": [(name.lower().encode(), value.encode()) for name, value in shown.items()],
    }


def _not_well_formed() -> ZohoError:
    return ZohoError("JSON is not well formed", 1038)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no JSON")
