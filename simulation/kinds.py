"""The kinds of fault: how each is laid and lifted, how long it lasts, and what people must be told of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulation.sensors import Sensors
from simulation.stage import Stage
from zoho_pipeline.sandbox.ports import LOOPBACK, free_ports

API = "^/billing/"
_DROPS = """
    CREATE SEQUENCE practice_clock.drops;
    CREATE FUNCTION practice_clock.drop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('practice_clock.drops') % 3 = 0 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER drops AFTER INSERT OR UPDATE ON zoho_pipeline.attempts
    FOR EACH STATEMENT EXECUTE FUNCTION practice_clock.drop()
"""
_NO_DROPS = "DROP FUNCTION IF EXISTS practice_clock.drop CASCADE; DROP SEQUENCE IF EXISTS practice_clock.drops"


@dataclass
class Scene:
    """What faults lay hands on."""

    stage: Stage
    sensors: Sensors


Deed = Callable[[Scene], None]


@dataclass(frozen=True)
class Told:
    """An incident of this scope whose key matches."""

    scope: str
    key: str
    always: bool = False
    """Whether the product cannot but meet it; other faults may fall into a time in which it has nothing to do."""

    def is_told_by(self, scope: str, key: str) -> bool:
        """Whether that is the incident."""
        return scope == self.scope and re.search(self.key, key) is not None


@dataclass(frozen=True)
class Kind:
    """One kind of fault.

    Attributes:
        hours: how long it lasts, at least and at most.
        zoho: while it lasts people and the app cannot work with Zoho either.
        told: what people are told of it, and once, for it strikes without a break; None where it comes and goes, or is
            nobody's business.
    """

    name: str
    lay: Deed
    lift: Deed
    hours: tuple[float, float]
    zoho: bool = True
    told: Told | None = None


def _rules(name: str, *rules: tuple[dict[str, Any], dict[str, Any]]) -> tuple[Deed, Deed]:
    laid = [{"name": name, "match": match, "action": action} for match, action in rules]
    return (lambda scene: scene.stage.lay(name, laid)), (lambda scene: scene.stage.lift(name))


def _variable(name: str, path: str) -> tuple[Deed, Deed]:
    """An address where nobody listens."""
    kept: dict[str, str] = {}

    def lay(scene: Scene) -> None:
        kept[name] = scene.stage.environ[name]
        scene.stage.environ[name] = f"http://{LOOPBACK}:{free_ports(1)[0]}{path}"

    return lay, lambda scene: scene.stage.environ.update(kept)


def _refuse_token(scene: Scene) -> None:
    scene.stage.zoho.control.call("POST", "tokens/revoke", {"refresh": True})


def _grant_token(scene: Scene) -> None:
    scene.stage.zoho.control.call("POST", "tokens/revoke", {"refresh": False})
    scene.stage.zoho.people.sign_in()


def _end_tokens(scene: Scene) -> None:
    scene.stage.zoho.control.call("POST", "tokens/revoke")
    scene.stage.zoho.people.sign_in()


def _nothing(scene: Scene) -> None:
    pass


def _drop_connections(scene: Scene) -> None:
    scene.stage.circletel.execute(_DROPS)


def _keep_connections(scene: Scene) -> None:
    scene.stage.circletel.execute(_NO_DROPS)


def _daemon(lives: bool) -> Deed:
    def set_it(scene: Scene) -> None:
        scene.sensors.daemon_lives = lives

    return set_it


_500: dict[str, Any] = {"kind": "answer"}
_OUTAGE, _PAUSE = Told("zoho", "^outage$"), Told("zoho", "^pause$")
_WRITES = {"path": API, "method": "POST"}
_SOMETIMES: dict[str, Any] = {"path": API, "method": "POST", "probability": 0.4}
KINDS = (
    Kind("Zoho answers 500", *_rules("500", ({"path": API}, _500)), (1, 10), told=_OUTAGE),
    Kind("Zoho shows a page", *_rules("page", ({"path": ""}, {"kind": "html_503"})), (1, 6), told=_OUTAGE),
    Kind("Zoho out of reach", *_variable("ZOHO_API_URL", "/billing/v1"), (1, 8), told=_OUTAGE),
    Kind("Zoho takes no writes", *_rules("writes", (_WRITES, _500)), (2, 8), told=_OUTAGE),
    Kind("token server out of reach", *_variable("ZOHO_ACCOUNTS_URL", ""), (2, 8), told=_OUTAGE),
    Kind("token refused", _refuse_token, _grant_token, (2, 12), told=Told("runs", "")),
    Kind("tokens end", _end_tokens, _nothing, (0.2, 0.2)),
    Kind("errors now and then", *_rules("flaky", ({"path": API, "probability": 0.3}, _500)), (3, 16)),
    Kind("answers lost", *_rules("lost", (_SOMETIMES, {"kind": "reset_after_commit"})), (3, 16)),
    Kind("requests lost", *_rules("unsent", (_SOMETIMES, {"kind": "reset_before_commit"})), (3, 16)),
    Kind("answers cut off", *_rules("cut", (_WRITES | {"probability": 0.3}, {"kind": "truncate"})), (3, 16)),
    Kind("minute overspent", *_rules("44", ({"path": API, "probability": 0.4}, {"kind": "rate_limit"})), (2, 8)),
    Kind("blocked for hours", *_rules("43", ({"path": API}, {"kind": "rate_limit", "code": 43})), (1, 4), told=_PAUSE),
    Kind("day's calls spent", *_rules("45", ({"path": API}, {"kind": "rate_limit", "code": 45})), (4, 20)),
    Kind("no invoice is taken", *_rules("invoices", (_WRITES | {"path": "/invoices$"}, _500)), (4, 30)),
    Kind("connections dropped", _drop_connections, _keep_connections, (2, 10), zoho=False),
    Kind(
        "database down", lambda scene: scene.stage.stop_database(), lambda scene: scene.stage.start_database(),
        (0.3, 2), zoho=False, told=Told("ledger", "", always=True),
    ),
    Kind("mail server down", lambda s: s.stage.mail.down(), lambda s: s.stage.mail.up(), (3, 30), zoho=False),
    Kind("webhook down", lambda s: s.stage.hook.down(), lambda s: s.stage.hook.up(), (3, 30), zoho=False),
    Kind("Dagster stands still", _daemon(False), _daemon(True), (0.5, 6), zoho=False,
         told=Told("dagster", "^daemon$", always=True)),
)  # fmt: skip
