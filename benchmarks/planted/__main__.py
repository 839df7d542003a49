"""`python -m benchmarks.planted --documents 100000 --discrepancies 10000 --seed 1 2 3`: the campaign, and its table."""

import argparse
import sys
from collections.abc import Iterator, Sequence

from benchmarks.planted.campaign import Campaign, run_campaign
from benchmarks.planted.judge import classes
from benchmarks.planted.truth import PLANTS, Expected
from benchmarks.practice import make_tables, opened, postgres
from benchmarks.report import Line, say, show
from zoho_pipeline.sandbox.circletel import marker_token
from zoho_pipeline.settings import SANDBOX

WRONG_SHARE = 0.01
SHOWN = 5


def main() -> int:
    """Run it with each seed; 1 if anything was missed or false, or more than one in a hundred misnamed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--discrepancies", type=int, default=10_000)
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    given = parser.parse_args()
    return max(_one(given.documents, given.discrepancies, seed) for seed in given.seed)


def _one(documents: int, discrepancies: int, seed: int) -> int:
    with postgres() as server:
        urls = [server.create_database(name) for name in ("clean", "planted")]
        for url in urls:
            make_tables(url)
        with opened(urls[0]) as clean, opened(urls[1]) as dirty:
            variables = [{SANDBOX: marker_token(engine), "CIRCLETEL_DATABASE_URL": url}
                         for engine, url in zip((clean, dirty), urls, strict=True)]  # fmt: skip
            done = run_campaign((clean, variables[0]), (dirty, variables[1]), documents, discrepancies, seed)
    _tell(done)
    title = f"{documents:,} documents, {done.planted.count:,} discrepancies in {len(PLANTS)} ways, seed {seed}"
    return show(title, list(_lines(done)))


def _lines(done: Campaign) -> Iterator[Line]:
    verdict, clean = done.verdict, done.clean
    yield Line("the clean world: items", clean.found, "", 0)
    yield Line("    controls that do not hold", len(done.controls), "", 0)
    yield Line("    months and kinds not tied out", len(clean.unexplained) + len(clean.miscounted), "", 0)
    yield Line("planted, with what follows: items", verdict.expected)
    yield Line("    classes among them", len(classes(done.planted.expected)))
    yield Line("    missed", len(verdict.missed), "", 0)
    yield Line("    false", len(verdict.false), "", 0)
    yield Line("    of another class", len(verdict.wrong_class))
    yield Line("    of another cause", len(verdict.wrong_cause))
    yield Line("    with other values", len(verdict.wrong_values), "", 0)
    yield Line("    not as planted", 100 * (1 - verdict.right_share), "%", 100 * WRONG_SHARE)
    yield Line("    months and kinds not tied out", len(verdict.unexplained) + len(verdict.miscounted), "", 0)
    yield Line("comparing all kinds and months, with controls", done.seconds, "s")


def _tell(done: Campaign) -> None:
    """The first of each kind of fault, to be looked into."""
    for name, faults in {**vars(done.verdict), "controls": done.controls}.items():
        if isinstance(faults, list):
            _say(name, faults)
    _say("clean world", [*done.clean.false, *done.clean.unexplained])


def _say(name: str, faults: Sequence[object]) -> None:
    for fault in faults[:SHOWN]:
        say(f"{name}: {fault}")
    if faults and isinstance(faults[0], Expected | tuple):
        firsts = [each[0] if isinstance(each, tuple) else each for each in faults]
        say(f"{name}: {dict(classes([each for each in firsts if isinstance(each, Expected)]))}")


if __name__ == "__main__":
    sys.exit(main())
