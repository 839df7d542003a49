"""Lists that shift, lag or ignore filters; fields that Zoho drops; and several workers on the same rows."""

from collections import Counter
from urllib.parse import parse_qs

from faults.holds import PATIENT, release, until_held
from faults.kinds.kind import ANY, MANY, Kind, always, chance
from faults.kinds.moments import PERSON, all_go_on, all_wait_before_claiming, all_waiting
from faults.kinds.strangers import stranger
from faults.scene import Scene
from faults.small_world import FEWEST_CALLS
from zoho_pipeline.sandbox.zoho.behaviour import DEFAULTS
from zoho_pipeline_tests.practice.zoho import PEOPLE

LAG_SECONDS = 100
"""Shorter than settling, and longer than the run: when the fault is lifted, that time has passed."""
STRANGERS = 7
OUR_BODY = "cf_circletel|reference_|INV-2025"
"""What creates of ours have, and those of strangers do not."""
FIVE_PER_CENT = 0.05


def ignored_filters(scene: Scene) -> None:
    """Every filter of a list is ignored, and an answer is lost."""
    scene.zoho.behave(ignored_filters=["*"])
    scene.befall("reset_after_commit")


def empty_lists(scene: Scene) -> None:
    """An empty list is answered 204."""
    scene.zoho.behave(empty_list_is_204=True)
    scene.befall("reset_after_commit")


def no_payment_list(scene: Scene) -> None:
    """Zoho has no list of payments, only transactions."""
    scene.zoho.behave(payments_list_available=False)
    scene.befall("reset_after_commit")


def bare_answers(scene: Scene) -> None:
    """Nothing that no document names."""
    scene.zoho.behave(undocumented_fields=[])
    scene.befall("reset_after_commit")


def lagging(scene: Scene) -> None:
    """What was just made is not listed yet, and answers are lost."""
    scene.zoho.control.call("PUT", "state", scene.zoho.control.call("GET", "state"))  # what is restored is listed
    scene.zoho.behave(list_lag_seconds=LAG_SECONDS)
    scene.befall("reset_after_commit", times=2)


def small_pages(scene: Scene) -> None:
    """Lists of many pages, of objects that nobody has keyed, of which the first is held; and an answer that is lost."""
    scene.kept["strangers"] = [stranger(scene, place) for place in range(STRANGERS)]
    scene.zoho.behave(per_page_maximum=3)
    scene.befall("reset_after_commit", match={"body": OUR_BODY, "skip": scene.some() - 1})
    scene.befall("hold_after_commit", method="GET", match={})
    scene.require(lambda: pages_shifted(scene))


def shift_down(scene: Scene) -> None:
    """People make objects while pages are read: rows come twice."""
    if until_held(scene):
        for place in range(2):  # as many as a page holds would make the list look endless
            stranger(scene, STRANGERS + place)
    release(scene)


def shift_up(scene: Scene) -> None:
    """People delete objects while pages are read: rows are skipped."""
    if until_held(scene):
        for zoho_id in reversed(scene.kept["strangers"][3:]):  # the newest stand on the first page
            scene.zoho.people.delete(f"/{scene.entity}/{zoho_id}")
            scene.gone.add(zoho_id)
    release(scene)


def pages_shifted(scene: Scene) -> bool:
    """Whether people changed the list while somebody stood between two of its pages."""
    before, after, changed = Counter[int](), Counter[int](), False
    for entry in scene.zoho.control.call("GET", "ledger")["entries"]:
        if not entry["path"].startswith(f"/billing/v1/{scene.entity}"):
            continue
        if entry["method"] == "GET":
            page = int(parse_qs(entry["query"]).get("page", ["1"])[0])
            (after if changed else before)[page] += 1
        else:
            changed = changed or (bool(before) and entry["actor"] == PEOPLE)
    return any(before[page] > before[page + 1] and after[page + 1] for page in before)


def listing_breaks(scene: Scene) -> None:
    """A list of several pages breaks off, for longer than the client is patient."""
    for place in range(STRANGERS):
        stranger(scene, place)
    scene.zoho.behave(per_page_maximum=3)
    scene.befall("html_503", method="GET", match={"skip": scene.dice.randint(0, 2)}, times=12)


def dropped_fields(scene: Scene) -> None:
    """Zoho drops the custom fields that carry CircleTel's ids."""
    scene.zoho.behave(custom_fields={kind: {} for kind in DEFAULTS["custom_fields"]})
    scene.require(lambda: scene.zoho.calls("POST", f"/{scene.entity}$"))


def dropped_keys(scene: Scene) -> None:
    """Zoho drops all that our keys are in: custom fields and references."""
    scene.zoho.behave(dropped_fields=["subscriptions.reference_id", "payments.reference_number"])
    dropped_fields(scene)


def dropped_keys_unanswered(scene: Scene) -> None:
    """Zoho drops the keys, and the answers that would tell are lost."""
    dropped_keys(scene)
    scene.befall("reset_after_commit", times=scene.dice.choice((1, 2)), match={})


def short_references(scene: Scene) -> None:
    """Zoho takes shorter references than ours."""
    scene.zoho.behave(reference_number_maximum=20)
    scene.require(lambda: any(call["status"] == 400 for call in scene.zoho.calls("POST", "/payments$")))


def restored(scene: Scene) -> None:
    """Zoho as it was."""
    scene.zoho.behave(**{name: DEFAULTS[name] for name in _CHANGED})


_CHANGED = (
    "ignored_filters", "empty_list_is_204", "payments_list_available", "undocumented_fields", "list_lag_seconds",
    "per_page_maximum", "custom_fields", "dropped_fields", "reference_number_maximum", "forbids_duplicate_names",
)  # fmt: skip


def names_forbidden(scene: Scene) -> None:
    """Zoho takes no two customers of one name, and an answer is lost."""
    scene.zoho.behave(forbids_duplicate_names=True)
    scene.befall("reset_after_commit")


def chaos(scene: Scene) -> None:
    """One call in twenty goes wrong, in one way or another."""
    kinds = ("reset_after_commit", "reset_before_commit", "html_503", "truncate", "answer")
    for kind in scene.dice.sample(kinds, 4):
        scene.zoho.befall(kind, path="/billing/", times=None, match=chance(scene.dice, FIVE_PER_CENT, FEWEST_CALLS))


def five_percent(scene: Scene) -> None:
    """One create in twenty loses its answer."""
    scene.befall("reset_after_commit", times=None, match=chance(scene.dice, FIVE_PER_CENT, scene.world.sure))


def contended(scene: Scene) -> None:
    """Every worker decides on the rows before any of them claims one. Now and then each has one thread only."""
    scene.environ["ZOHO_CALLS_IN_FLIGHT"] = scene.dice.choice(("1", "5"))
    all_wait_before_claiming(scene)


def all_claim(scene: Scene) -> None:
    """All workers claim the same rows at the same moment."""
    scene.lay("contended")
    if all_waiting(scene) == scene.wanted:
        scene.hit("contended")
    all_go_on(scene)


KINDS = (
    Kind("no fault, one worker", workers=(1,), struck=always),
    Kind("two workers on the same rows", contended, all_claim, workers=(2,)),
    Kind("eight workers on the same rows", contended, all_claim, workers=(8,)),
    Kind("five per cent of answers lost", five_percent, workers=MANY),
    Kind("chaos", chaos, workers=MANY, struck=lambda scene: scene.fired() > 0),
    Kind("ignored filters", ignored_filters, lift=restored, workers=ANY),
    Kind("empty lists are 204", empty_lists, lift=restored),
    Kind("no list of payments", no_payment_list, lift=restored, entities=("payments",)),
    Kind("nothing undocumented", bare_answers, lift=restored),
    Kind("lists lag, shorter than settling", lagging, lift=restored),
    Kind("pages shift down", small_pages, shift_down, restored, environ=PATIENT),
    Kind("pages shift up", small_pages, shift_up, restored, environ=PATIENT),
    Kind("a listing breaks off", listing_breaks, lift=restored),
    Kind("custom fields dropped", dropped_fields, lift=restored, rests=PERSON),
    Kind("keys dropped", dropped_keys, lift=restored, rests=PERSON),
    Kind("keys dropped, answers lost", dropped_keys_unanswered, lift=restored, rests=PERSON),
    Kind("references refused", short_references, lift=restored, entities=("payments",), rests=PERSON),
    Kind("equal names forbidden", names_forbidden, lift=restored, entities=("customers",), rests=PERSON),
)
