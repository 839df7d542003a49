"""Signing in and out."""

from starlette.responses import RedirectResponse, Response

from zoho_pipeline.actions.people import needs_first_admin
from zoho_pipeline.dashboard import sessions
from zoho_pipeline.dashboard.tries import TooManyTries
from zoho_pipeline.dashboard.visits import Visit, cookie_name, keep
from zoho_pipeline.people.signing_in import Credentials, NotSignedIn, sign_in

LONGEST_FIELD = 256


def ask(visit: Visit) -> Response:
    """The form; before anybody can sign in, how that is changed."""
    if visit.session is not None:
        return RedirectResponse("/", 303)
    nobody = visit.desk.read("who may sign in", lambda connection: needs_first_admin(visit.desk.environ))
    return visit.show("sign_in.html", nobody=nobody, said=None)


def let_in(visit: Visit) -> Response:
    """A session for who knows the password."""
    desk = visit.desk
    given = Credentials(*(visit.form.get(name, "")[:LONGEST_FIELD].replace("\0", "") for name in ("name", "password")))
    try:
        desk.tries.count(visit.address, desk.clock.now())
        desk.shape()
        person = sign_in(desk.engine, given, desk.clock)
    except (NotSignedIn, TooManyTries) as refusal:
        desk.note("sign-in", visit.address, f"refused ({type(refusal).__name__})")
        status = 429 if isinstance(refusal, TooManyTries) else 401
        return visit.show("sign_in.html", status, nobody=False, said=str(refusal))
    with desk.writing("sign in") as connection:
        if visit.session is not None:
            sessions.end(connection, visit.session)
        session = sessions.begin(connection, person)
    desk.note("sign-in", person.name, "done")
    return keep(desk, RedirectResponse("/", 303), session)


def let_out(visit: Visit) -> Response:
    """The session is over."""
    assert visit.session is not None
    with visit.desk.writing("sign out") as connection:
        sessions.end(connection, visit.session)
    visit.desk.note("sign-out", visit.person.name, "done")
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(cookie_name(visit.desk), secure=visit.desk.site.secure, httponly=True, samesite="lax")
    return response
