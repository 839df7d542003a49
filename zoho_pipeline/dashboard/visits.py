"""A visit: who comes, with which form. Here it is decided who is let through; pages only answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zoho_pipeline.dashboard import sessions
from zoho_pipeline.dashboard.desk import Desk
from zoho_pipeline.dashboard.headers import PEER
from zoho_pipeline.dashboard.identity import NotByTheProxy
from zoho_pipeline.dashboard.rendering import page
from zoho_pipeline.dashboard.sessions import Session
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.people.person import NotAllowed, Person
from zoho_pipeline.store.database import DatabaseRefused, DatabaseUnreachable

LARGEST_FORM = 16_384
"""Bytes; no form of the pages comes near."""
REFRESH = "x-refresh"
"""A page that refreshes itself says so: nobody has clicked."""

CLOSED = "The pipeline's database cannot be used now, so nobody can be let in: the log of the pages says why."


NOWHERE = "There is no such page."


class Refused(Foreseen):
    """A request that none of the pages can have made."""


@dataclass(frozen=True)
class Visit:
    """A request that was let through."""

    desk: Desk
    request: Request
    form: Mapping[str, str]
    session: Session | None

    @property
    def person(self) -> Person:
        """Who comes; pages behind the sign-in alone ask."""
        assert self.session is not None
        return self.session.person

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return self.request.client.host if self.request.client else "unknown"

    def text(self, name: str, longest: int) -> str:
        """A field that people write; what no page lets them write is cut off."""
        return self.form.get(name, "")[:longest].replace("\0", "")

    def show(self, template: str, status: int = 200, **values: object) -> Response:
        """A page, with what its frame needs."""
        return page(template, status, session=self.session, path=self.request.url.path, **values)


Page = Callable[[Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(answer: Page, *, signed_in: bool = True) -> Endpoint:
    """The page as the server calls it."""

    async def answered(request: Request) -> Response:
        desk: Desk = request.app.state.desk
        try:
            form = await _form(desk, request) if request.method == "POST" else {}
        except Refused as refusal:
            return await run_in_threadpool(_told, Visit(desk, request, {}, None), refusal, 403)
        return await run_in_threadpool(_answered, answer, desk, request, form, signed_in)

    return answered


async def nowhere(request: Request, error: Exception) -> Response:
    """There is no such page; nothing is told of those that are there."""
    desk: Desk = request.app.state.desk
    visit = Visit(desk, request, {}, None)
    status = error.status_code if isinstance(error, HTTPException) else 404
    desk.note(f"{request.method} {request.url.path}", visit.address, f"refused ({status})")
    return await run_in_threadpool(visit.show, "told.html", status, refusal=404, lines=[NOWHERE])


def cookie_name(desk: Desk) -> str:
    """With the prefix that lets nobody but this very host set it, where browsers come by https."""
    return "__Host-zoho_pipeline" if desk.site.secure else "zoho_pipeline"


def _answered(answer: Page, desk: Desk, request: Request, form: Mapping[str, str], signed_in: bool) -> Response:
    visit = Visit(desk, request, form, None)
    try:
        session, begun = _session(desk, request)
        visit = Visit(desk, request, form, session)
        if begun:
            return keep(desk, answer(visit), begun)
        if signed_in and visit.session is None:
            return RedirectResponse("/sign-in", 303)
        if visit.session and request.method == "POST" and not visit.session.sent(form.get("form_token", "")):
            raise Refused(
                "This form was not sent by the page as you see it now: open the page again, and send it anew."
            )
        return answer(visit)
    except (Refused, NotAllowed, NotByTheProxy) as refusal:
        return _told(visit, refusal, 403)
    except (DatabaseUnreachable, DatabaseRefused) as outage:
        return _told(visit, outage, 503)
    except Foreseen as error:
        return _told(visit, error, 409 if request.method == "POST" else 404)


def _told(visit: Visit, error: Foreseen, status: int) -> Response:
    """Why not; to who has not signed in nothing of what is inside. The log has it all."""
    asked = f"{visit.request.method} {visit.request.url.path}"
    if visit.session is None and not isinstance(error, Refused | NotByTheProxy):
        visit.desk.note(asked, visit.address, f"refused ({type(error).__name__}: {error})")
        return visit.show("told.html", 503, refusal=503, lines=[CLOSED])
    who = visit.session.person.name if visit.session else visit.address
    visit.desk.note(asked, who, f"refused ({type(error).__name__})")
    return visit.show("told.html", status, refusal=status, lines=str(error).splitlines())


def keep(desk: Desk, response: Response, session: Session) -> Response:
    """The answer, with the cookie of a session that has just begun."""
    response.set_cookie(
        cookie_name(desk),
        session.token,
        sessions.LONGEST_SECONDS,
        secure=desk.site.secure,
        httponly=True,
        samesite="lax",
    )
    return response


def _session(desk: Desk, request: Request) -> tuple[Session | None, Session | None]:
    """The session of the request, and the same once more if it has begun with it, by the proxy's word.

    Raises:
        NotByTheProxy, Refused: when the proxy's header cannot be believed, or names nobody who may sign in.
    """
    said = _said_by_proxy(desk, request)
    token = request.cookies.get(cookie_name(desk), "")
    if not token and said is None:
        return None, None
    with desk.writing("see who is signed in") as connection:
        found = sessions.find(connection, token, used=REFRESH not in request.headers) if token else None
        if said is None or (found and found.belongs_to(said)):
            return found, None
        if found:
            sessions.end(connection, found)
        if request.method == "POST":
            return None, None
        begun = sessions.begin_named(connection, said)
    if begun is None:
        raise Refused("The proxy has signed you in, and nobody of that name may sign in here: an admin can enter it.")
    desk.note("sign-in by the proxy", begun.person.name, "done")
    return begun, begun


def _said_by_proxy(desk: Desk, request: Request) -> str | None:
    identity = desk.site.identity
    if identity is None:
        return None
    name = identity.header.encode()
    values = [value for key, value in request.scope["headers"] if key == name]
    return identity.said(values, request.scope[PEER])


async def _form(desk: Desk, request: Request) -> Mapping[str, str]:
    """What the form holds.

    Raises:
        Refused: when another site has sent it, or it is no form of the pages.
    """
    if not desk.site.sent_from_here(request.headers.get("origin"), request.headers.get("host", "")):
        raise Refused("This form was sent by another site, or by no browser: nothing was done.")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise Refused("That is no form of these pages: nothing was done.")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            raise Refused("That is more than any form of these pages holds: nothing was done.")
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=50, errors="strict"))
    except ValueError:
        raise Refused("That is no form of these pages: nothing was done.") from None
