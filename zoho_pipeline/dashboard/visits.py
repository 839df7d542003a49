"""A visit: who comes, with which form. Here it is decided who is let through; pages only answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zoho_pipeline.dashboard import sessions
from zoho_pipeline.dashboard.desk import Desk
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


def cookie_name(desk: Desk) -> str:
    """With the prefix that lets nobody but this very host set it, where browsers come by https."""
    return "__Host-zoho_pipeline" if desk.site.secure else "zoho_pipeline"


def _answered(answer: Page, desk: Desk, request: Request, form: Mapping[str, str], signed_in: bool) -> Response:
    visit = Visit(desk, request, form, None)
    try:
        visit = Visit(desk, request, form, _session(desk, request))
        if signed_in and visit.session is None:
            return RedirectResponse("/sign-in", 303)
        if visit.session and request.method == "POST" and not visit.session.sent(form.get("form_token", "")):
            raise Refused(
                "This form was not sent by the page as you see it now: open the page again, and send it anew."
            )
        return answer(visit)
    except (Refused, NotAllowed) as refusal:
        return _told(visit, refusal, 403)
    except (DatabaseUnreachable, DatabaseRefused) as outage:
        return _told(visit, outage, 503)
    except Foreseen as error:
        return _told(visit, error, 409 if request.method == "POST" else 404)


def _told(visit: Visit, error: Foreseen, status: int) -> Response:
    """Why not; to who has not signed in nothing of what is inside. The log has it all."""
    asked = f"{visit.request.method} {visit.request.url.path}"
    if visit.session is None and not isinstance(error, Refused):
        visit.desk.note(asked, visit.address, f"refused ({type(error).__name__}: {error})")
        return visit.show("told.html", 503, refusal=503, lines=[CLOSED])
    who = visit.session.person.name if visit.session else visit.address
    visit.desk.note(asked, who, f"refused ({type(error).__name__})")
    return visit.show("told.html", status, refusal=status, lines=str(error).splitlines())


def _session(desk: Desk, request: Request) -> Session | None:
    token = request.cookies.get(cookie_name(desk), "")
    if not token:
        return None
    with desk.writing("see who is signed in") as connection:
        return sessions.find(connection, token, used=REFRESH not in request.headers)


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
