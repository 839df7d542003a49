"""Lists that shift, lag or ignore filters; fields that Zoho drops; and several workers on the same rows."""

import time

from faults.kinds.kind import ANY, MANY, Kind
from faults.scene import Scene
from zoho_pipeline.sandbox.zoho.behaviour import DEFAULTS


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
    time.sleep(1.6)  # what is there already is listed
    scene.zoho.behave(list_lag_seconds=1.5)
    scene.befall("reset_after_commit", times=2)


def small_pages(scene: Scene) -> None:
    """Lists of many pages, of objects that nobody has keyed, and an answer that is lost."""
    for place in range(7):
        scene.kept.setdefault("strangers", []).append(
            scene.zoho.customer(display_name=f"Stranger {place}", email=f"stranger{place}@example.co.za")
        )
    scene.zoho.behave(per_page_maximum=3)
    scene.befall("reset_after_commit", match={"body": "cf_circletel", "skip": scene.some() - 1})
    scene.befall("delay_before_commit", method="GET", path="", seconds=0.08, match={}, times=None)


def shift_down(scene: Scene) -> None:
    """People make objects while pages are read: rows come twice."""
    for place in range(3):
        time.sleep(0.12)
        scene.zoho.customer(display_name=f"Newcomer {place}", email=f"newcomer{place}@example.co.za")


def shift_up(scene: Scene) -> None:
    """People delete objects while pages are read: rows are skipped."""
    for stranger in scene.kept["strangers"]:
        time.sleep(0.07)
        scene.zoho.people.delete(f"/customers/{stranger}")
        scene.gone.add(stranger)


def listing_breaks(scene: Scene) -> None:
    """A page of a list is lost, for longer than the client is patient."""
    scene.befall("html_503", method="GET", path="", match={"skip": scene.dice.randint(0, 4)}, times=3)
    scene.befall("reset_after_commit")


def dropped_fields(scene: Scene) -> None:
    """Zoho drops the custom fields that carry CircleTel's ids."""
    scene.zoho.behave(custom_fields={kind: {} for kind in DEFAULTS["custom_fields"]})


def short_references(scene: Scene) -> None:
    """Zoho takes shorter references than ours."""
    scene.zoho.behave(reference_number_maximum=20)


def restored(scene: Scene) -> None:
    """Zoho as it was."""
    scene.zoho.behave(**{name: DEFAULTS[name] for name in _CHANGED})


_CHANGED = (
    "ignored_filters", "empty_list_is_204", "payments_list_available", "undocumented_fields", "list_lag_seconds",
    "per_page_maximum", "custom_fields", "reference_number_maximum", "forbids_duplicate_names",
)  # fmt: skip


def names_forbidden(scene: Scene) -> None:
    """Zoho takes no two customers of one name, and an answer is lost."""
    scene.zoho.behave(forbids_duplicate_names=True)
    scene.befall("reset_after_commit")


def chaos(scene: Scene) -> None:
    """One call in twenty goes wrong, in one way or another."""
    kinds = ("reset_after_commit", "reset_before_commit", "html_503", "truncate", "answer")
    for kind in scene.dice.sample(kinds, 4):
        chance = {"probability": 0.05, "seed": scene.dice.randrange(10_000)}
        scene.zoho.befall(kind, path="/billing/", times=None, match=chance)


def five_percent(scene: Scene) -> None:
    """One create in twenty loses its answer."""
    chance = {"probability": 0.05, "seed": scene.dice.randrange(10_000)}
    scene.befall("reset_after_commit", times=None, match=chance)


LAG = {"ZOHO_SETTLING_SECONDS": "3"}
PERSON = frozenset({"parked", "refused"})

KINDS = (
    Kind("no fault, one worker", workers=(1,)),
    Kind("two workers on the same rows", workers=(2,)),
    Kind("eight workers on the same rows", workers=(8,)),
    Kind("five per cent of answers lost", five_percent, workers=MANY),
    Kind("chaos", chaos, workers=MANY),
    Kind("ignored filters", ignored_filters, lift=restored, workers=ANY),
    Kind("empty lists are 204", empty_lists, lift=restored),
    Kind("no list of payments", no_payment_list, lift=restored, entities=("payments",)),
    Kind("nothing undocumented", bare_answers, lift=restored),
    Kind("lists lag, shorter than settling", lagging, lift=restored, environ=LAG, real_time=True),
    Kind("pages shift down", small_pages, shift_down, restored),
    Kind("pages shift up", small_pages, shift_up, restored, entities=("customers",)),
    Kind("a listing breaks off", listing_breaks),
    Kind("custom fields dropped", dropped_fields, lift=restored, rests=PERSON),
    Kind("references refused", short_references, lift=restored, entities=("payments",), rests=PERSON),
    Kind("equal names forbidden", names_forbidden, lift=restored, entities=("customers",), rests=PERSON),
)
