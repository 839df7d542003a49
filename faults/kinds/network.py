"""Answers that are lost, late, cut short or no answers at all: before Zoho carried the request out, and after."""

from typing import Any

from faults.kinds.kind import ANY, Kind, Step, chance
from faults.scene import Scene

QUICK = {"ZOHO_TIMEOUT_SECONDS": "1.5"}
SETTLING_SECONDS = 5.0
"""Where settling is waited for in real seconds: some times what is late, so that a busy machine makes it no later."""
SETTLES = {"ZOHO_SETTLING_SECONDS": f"{SETTLING_SECONDS:.0f}", "ZOHO_TIMEOUT_SECONDS": "1.0"}
_HTML = "<html><body><h1>Bad Gateway</h1></body></html>"
_ERROR = {"code": 1000, "message": "Internal error"}


def once(kind: str, **more: Any) -> Step:
    """The fault befalls one create, or two."""

    def strike(scene: Scene) -> None:
        scene.befall(kind, times=scene.dice.choice((1, 1, 2)), **more)

    return strike


def always(kind: str, **more: Any) -> Step:
    """The fault befalls every create until it is lifted."""

    def strike(scene: Scene) -> None:
        scene.befall(kind, times=None, match={}, **more)

    return strike


def often(kind: str, **more: Any) -> Step:
    """The fault befalls a third of the creates."""

    def strike(scene: Scene) -> None:
        scene.befall(kind, times=None, match=chance(scene.dice, 0.33, scene.world.to_create), **more)

    return strike


LATE_SECONDS = 8.0


def late_beyond_settling(scene: Scene) -> None:
    """Zoho carries a create out long after settling: the recovery comes before it."""
    scene.befall("late_commit", seconds=LATE_SECONDS, times=1)
    scene.kept["late"] = LATE_SECONDS


KINDS = (
    Kind("lost before commit", once("lose_answer", commit="never", silence=4), environ=QUICK),
    Kind("lost after commit", once("lose_answer", silence=4), environ=QUICK),
    Kind("reset before commit", once("reset_before_commit"), workers=ANY),
    Kind("reset after commit", once("reset_after_commit"), workers=ANY),
    Kind("every create reset before", always("reset_before_commit"), workers=ANY),
    Kind("every create reset after", always("reset_after_commit"), workers=ANY),
    Kind("a third reset after", often("reset_after_commit"), workers=(2, 8)),
    Kind("slow answer", once("delay_after_commit", seconds=0.7)),
    Kind("slow before commit", once("delay_before_commit", seconds=0.7)),
    Kind("truncated after commit", once("truncate", keep=25), workers=ANY),
    Kind("truncated before commit", once("truncate", keep=25, commit="never", body=_ERROR), workers=ANY),
    Kind("half a 201", once("truncate", keep=160)),
    Kind("html 503 before", once("html_503"), workers=ANY),
    Kind("html 503 after", once("html_503", commit="now"), workers=ANY),
    Kind("500 before", once("answer"), workers=ANY),
    Kind("500 after", once("answer", commit="now", status=500, body=_ERROR), workers=ANY),
    Kind("502 after", once("answer", commit="now", status=502, body=_HTML)),
    Kind("504 before", once("answer", status=504, body=_HTML)),
    Kind("408 after", once("answer", commit="now", status=408, body=_HTML)),
    Kind("empty 201 after", once("answer", commit="now", status=201, body={"code": 0, "message": "done"})),
    Kind("answer of another kind", once("answer", commit="now", status=200, body=["unexpected"])),
    Kind("code 1000 under 200", once("code_under_200")),
    Kind("code 1000 under 200 after", once("code_under_200", commit="now")),
    Kind("refused under 200", once("code_under_200", code=2, message="Invalid value"), rests=frozenset({"refused"})),
    Kind("refused with 400", once("answer", status=400, body={"code": 1050, "message": "No."}),
         rests=frozenset({"refused"})),
    Kind("commit after our time-out", once("delay_before_commit", seconds=1.6), environ=SETTLES, real_time=True),
    Kind("late commit, reset", once("late_commit", seconds=1.2), environ=SETTLES, real_time=True),
    Kind("commit later than settling", late_beyond_settling, rests=frozenset({"parked", "refused"}), within=False),
)  # fmt: skip
