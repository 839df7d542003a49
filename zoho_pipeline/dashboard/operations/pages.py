"""The search, and taking on an incident."""

from starlette.responses import RedirectResponse, Response

from zoho_pipeline.actions import incidents as acting
from zoho_pipeline.dashboard.operations.labels import find, labels
from zoho_pipeline.dashboard.visits import Refused, Visit
from zoho_pipeline.people.person import Role

LONGEST_SEARCH = 200


def search(visit: Visit) -> Response:
    """Straight to the row, where there is one alone. An email never stands in an address, where logs keep it."""
    sought = visit.form.get("sought", "")[:LONGEST_SEARCH].replace("\0", "")
    if not sought.strip():
        return RedirectResponse("/", 303)
    rows = visit.desk.read("what was sought", lambda on: find(on, sought))
    if len(rows) == 1:
        return RedirectResponse(f"/rows/{rows[0][0]}/{rows[0][1]}", 303)
    names = visit.desk.read("what was sought", lambda on: labels(on, rows))
    return visit.show("found.html", sought=sought, rows=[(*row, names[row]) for row in rows])


def acknowledge(visit: Visit) -> Response:
    """Take an incident on."""
    number = visit.request.path_params["number"]
    visit.person.require("acknowledge an incident", Role.OPERATOR, Role.ADMIN)
    if number >= 2**63:
        raise Refused("There is no incident of that number.")
    acting.acknowledge(number, visit.person.name, visit.desk.environ, visit.desk.clock)
    visit.desk.note(f"acknowledge incident {number}", visit.person.name, "done")
    return RedirectResponse("/#incidents", 303)
