"""Answers that are lost, late, cut short or no answers at all: before Zoho carried the request out, and after."""

from typing import Any

from faults.kinds.kind import ANY, Kind, Step, chance
from faults.scene import Scene

QUICK = {"ZOHO_TIMEOUT_SECONDS": "3"}
"""Workers that do not wait long for an answer that never comes; all others come in milliseconds."""
GIVEN_UP = "SELECT count(*) FROM zoho_pipeline.attempts WHERE entity = :entity AND outcome = 'in_doubt'"
HELD_SECONDS = 600
"""What is held for so long at most is held until the campaign releases it."""
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
        scene.befall(kind, times=None, match=chance(scene.dice, 0.33, scene.world.sure), **more)

    return strike


def late(kind: str) -> Step:
    """Zoho carries a create out after we have given up on it: before settling, when all faults are lifted."""

    def strike(scene: Scene) -> None:
        scene.require(lambda: scene.scalar(GIVEN_UP, entity=scene.entity))
        scene.befall(kind, times=scene.dice.choice((1, 1, 2)), seconds=HELD_SECONDS)

    return strike


def late_beyond_settling(scene: Scene) -> None:
    """Zoho carries a create out after settling: the recovery comes before it."""
    scene.befall("late_commit", seconds=HELD_SECONDS)
    scene.kept["held on"] = True


KINDS = (
    Kind("lost before commit", once("lose_answer", commit="never", silence=HELD_SECONDS), environ=QUICK),
    Kind("lost after commit", once("lose_answer", silence=HELD_SECONDS), environ=QUICK),
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
    Kind("commit after our time-out", late("hold_before_commit"), environ=QUICK),
    Kind("late commit, reset", late("late_commit")),
    Kind("commit later than settling", late_beyond_settling, rests=frozenset({"parked", "refused"}), within=False),
)  # fmt: skip
