"""The table of routes below /billing/v1, and what handlers are given and give back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zoho_pipeline.sandbox.zoho.errors import ZohoError
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.values import Body, flag


@dataclass(slots=True, frozen=True)
class Call:
    """One API request, read."""

    org: Organisation
    ids: tuple[str, ...]
    query: Mapping[str, str]
    body: Body

    @property
    def id(self) -> str:
        """The id in the path."""
        return self.ids[0]

    def asked(self, name: str) -> bool:
        """A boolean of the query."""
        return flag(self.query, name)


@dataclass(slots=True, frozen=True)
class Answer:
    """What goes out; `kind` and `id` say which object was touched."""

    payload: dict[str, Any]
    status: int = 200
    kind: str = ""
    id: str = ""


Handler = Callable[[Call], Answer]


@dataclass(slots=True, frozen=True)
class Route:
    """A handler and the scope it needs, such as ZohoSubscriptions.customers.READ."""

    handler: Handler
    scope: str


@dataclass(slots=True)
class Router:
    """Routes by number of parts, so that a request is compared with few of them."""

    _routes: dict[int, list[tuple[tuple[str, ...], dict[str, Route]]]] = field(default_factory=dict)

    def add(self, method: str, pattern: str, handler: Handler, module: str) -> None:
        """A route; {…} in the pattern stands for any one part of a path."""
        parts = tuple(pattern.strip("/").split("/"))
        known = self._routes.setdefault(len(parts), [])
        verb = {"GET": "READ", "PUT": "UPDATE", "DELETE": "DELETE"}.get(method, "CREATE")
        route = Route(handler, f"ZohoSubscriptions.{module}.{verb}")
        for other, methods in known:
            if other == parts:
                methods[method] = route
                return
        # Fixed parts are compared before placeholders, so that /creditnotes/refunds/{id} is found.
        known.append((parts, {method: route}))
        known.sort(key=lambda entry: sum(part.startswith("{") for part in entry[0]))

    def find(self, method: str, parts: tuple[str, ...]) -> tuple[Route, tuple[str, ...]]:
        """The route and the ids in the path; 404 for an unknown path, 405 for a wrong method."""
        path_known = False
        for pattern, methods in self._routes.get(len(parts), ()):
            if all(want == got or (want.startswith("{") and got) for want, got in zip(pattern, parts, strict=True)):
                path_known = True
                if method in methods:
                    ids = tuple(g for w, g in zip(pattern, parts, strict=True) if w.startswith("{"))
                    return methods[method], ids
        if path_known:
            raise ZohoError("Method not allowed.", 38, 405)
        raise ZohoError("Invalid URL Passed", 5, 404)


def ok(message: str, kind: str = "", record_id: str = "", **content: Any) -> Answer:
    """200."""
    return Answer({"code": 0, "message": message, **content}, 200, kind, record_id)


def created(message: str, kind: str, record_id: str, **content: Any) -> Answer:
    """201."""
    return Answer({"code": 0, "message": message, **content}, 201, kind, record_id)
