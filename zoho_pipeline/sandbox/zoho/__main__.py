"""The command line: python -m zoho_pipeline.sandbox.zoho --port 8088."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from zoho_pipeline.sandbox.zoho.app import API, PracticeServer
from zoho_pipeline.sandbox.zoho.behaviour import Behaviour
from zoho_pipeline.sandbox.zoho.behaviour_text import from_text, table
from zoho_pipeline.sandbox.zoho.oauth import Credentials
from zoho_pipeline.sandbox.zoho.server import HOST, Server, bound_socket
from zoho_pipeline.sandbox.zoho.world import World


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence, without the usage."""
        _fail(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server until it is told to stop."""
    options = _parser().parse_args(arguments)
    if options.behaviours:
        sys.stdout.write(f"{table()}\n")
        return 0
    if options.port is None:
        _fail("--port is missing")
    world = _world(options)
    state: Path | None = options.state
    if state:
        _load(world, state)
        # What the command line says holds, whatever was so when the state was saved.
        world.behaviour = world.behaviour.updated(_settings(options))
        if options.now:
            world.clock.set(datetime.fromisoformat(options.now))
    try:
        bound = bound_socket(options.port)
    except (OSError, OverflowError) as error:
        _fail(f"port {options.port} cannot be used: {getattr(error, 'strerror', None) or error}")
    url = f"http://{HOST}:{bound.getsockname()[1]}"
    server = Server(PracticeServer(world), lambda: _say(f"Practice Zoho Billing is ready at {url}{API}"))
    server.run([bound])
    if state:
        world.save(state)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m zoho_pipeline.sandbox.zoho", description="A practice Zoho Billing server.")
    known = Credentials()
    parser.add_argument("--port", type=int, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--state", type=Path, help="file that holds the state: read on start, written on stop")
    parser.add_argument("--now", help="moment at which the business clock starts, such as 2026-01-01T08:00:00+02:00")
    parser.add_argument("--calls-per-minute", type=int, help="limit of calls in a rolling minute")
    parser.add_argument("--calls-per-day", type=int, help="limit of calls in rolling 24 hours")
    parser.add_argument("--calls-in-flight", type=int, help="limit of calls at one time")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="any setting of --behaviours")
    parser.add_argument("--client-id", default=known.client_id)
    parser.add_argument("--client-secret", default=known.client_secret)
    parser.add_argument("--refresh-token", default=known.refresh_token)
    parser.add_argument("--organisation-id", default=known.organisation_id)
    parser.add_argument("--behaviours", action="store_true", help="print all settings as a table and end")
    return parser


def _world(options: argparse.Namespace) -> World:
    credentials = Credentials(options.client_id, options.client_secret, options.refresh_token, options.organisation_id)
    try:
        now = datetime.fromisoformat(options.now) if options.now else None
        return World(Behaviour().updated(_settings(options)), credentials, now)
    except ValueError as error:
        _fail(str(error))


def _settings(options: argparse.Namespace) -> dict[str, object]:
    settings: dict[str, object] = {}
    for given in options.set:
        name, equals, value = given.partition("=")
        if not equals:
            raise ValueError(f"--set takes NAME=VALUE, not {given!r}")
        settings[name] = from_text(name, value)
    for name in ("calls_per_minute", "calls_per_day", "calls_in_flight"):
        if getattr(options, name) is not None:
            settings[name] = getattr(options, name)
    return settings


def _load(world: World, state: Path) -> None:
    if not state.parent.is_dir():
        _fail(f"there is no folder {state.parent} to keep the state in")
    if not state.exists():
        return
    try:
        world.load(state)
    except (OSError, ValueError) as error:
        _fail(f"the state in {state} cannot be read: {error}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _fail(sentence: str) -> NoReturn:
    sys.stderr.write(f"The practice Zoho Billing server did not start: {sentence}\n")
    raise SystemExit(2)


if __name__ == "__main__":
    raise SystemExit(main())
