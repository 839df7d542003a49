"""The demonstration as a person sees it: how far it is, what was done, what a judge makes of it, where to look."""

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from rich.console import Console

from zoho_pipeline.budget.shares import shares, time_for
from zoho_pipeline.commands.demo_books import show_books
from zoho_pipeline.commands.demo_people import enter_people
from zoho_pipeline.commands.ending import INTERRUPTED
from zoho_pipeline.commands.summary import Line, added_up, progress_bar, table
from zoho_pipeline.entities import PARENTS_FIRST
from zoho_pipeline.people.signing_in import Credentials
from zoho_pipeline.sandbox.demo import Demo, Outcome
from zoho_pipeline.sandbox.judging import judged
from zoho_pipeline.sandbox.world import Sandbox
from zoho_pipeline.sandbox.zoho.behaviour import Behaviour
from zoho_pipeline.settings import ZohoSettings
from zoho_pipeline.states import Outcome as RowOutcome

COMPLAINTS_SHOWN = 20

CONTENT = (
    "The judge, who knows the truth about the sample data, is content: every row that belongs into Zoho is there "
    "exactly once, to the cent, no other is, and no mail would have gone out."
)


class _Ended(KeyboardInterrupt):
    """The demonstration was told to end."""


def run(sandbox: Sandbox, port: int | None, *, stay: bool) -> int:
    """Show it all; the status to end with. Whatever happens, no process is left behind."""
    console = Console()
    began = time.monotonic()
    demo = Demo(sandbox, port, lambda sentence: console.print(f"[dim]{time.monotonic() - began:5.1f} s[/]  {sentence}"))
    status = INTERRUPTED
    with _told_to_end():
        try:
            outcome = _main_job(demo, console)
            done_well = _report(demo, outcome, console)
            pages = demo.start_pages()
            status = 0 if show_books(sandbox, console) and done_well else 1
            known = enter_people(sandbox.variables())
            demo.wait_for_pages(pages)
            console.print(f"[dim]{time.monotonic() - began:.1f} s in all[/]")
            if stay:
                _where_to_look(demo, pages, known, console)
                _stay(demo)
        except _Ended:
            console.print("Ending everything that was started.")
        finally:
            _deaf()
            demo.stop()
    return status


def _main_job(demo: Demo, console: Console) -> Outcome:
    expected = demo.start()
    done = []
    with progress_bar(console) as progress:
        task = progress.add_task("waiting for the run", total=expected.partitions)
        for month in demo.follow(expected):
            done.append(month)
            progress.update(task, advance=1, description=f"{month.entity} {month.month}")
    return demo.outcome(expected, done)


def _report(demo: Demo, outcome: Outcome, console: Console) -> bool:
    """Print what was done and whether it is right; whether it is."""
    lines = _lines(outcome)
    console.print(table(f"What was done in {len(outcome.expected.months)} months", lines))
    console.print(_at_real_limits(added_up(lines).api_calls))
    if any(outcome.red.values()):
        console.print(
            "The sample data has dirty rows on purpose: their months are red, and show which rows did not go, and why."
        )
    complaints = [*outcome.complaints(), *map(str, judged(demo.sandbox).faults)]
    for complaint in complaints[:COMPLAINTS_SHOWN]:
        console.print(complaint, style="red", markup=False)
    if len(complaints) > COMPLAINTS_SHOWN:
        console.print(f"... and {len(complaints) - COMPLAINTS_SHOWN:,} more.", style="red")
    console.print("The main job did not do what it should." if complaints else CONTENT, style="bold")
    return not complaints


def _lines(outcome: Outcome) -> list[Line]:
    return [
        Line(
            kind,
            {each: int(outcome.sum(kind, each)) for each in RowOutcome},
            int(outcome.sum(kind, "api_calls")),
            outcome.sum(kind, "seconds"),
            outcome.green[kind],
            outcome.red[kind],
        )
        for kind in PARENTS_FIRST
    ]


def _at_real_limits(calls: int) -> str:
    usual = ZohoSettings.model_construct()
    share = shares(usual).bulk
    needed = time_for(calls, share)
    minutes = f"{needed.seconds // 60} minutes"
    how_long = f"{needed.days} day{'s' if needed.days > 1 else ''} and {minutes}" if needed.days else minutes
    return (
        f"{calls:,} API calls. At Zoho's usual limits ({usual.calls_per_minute} calls a minute, "
        f"{usual.calls_per_day:,} a day; {share.minute} and {share.day:,} of them for this) it would have taken "
        f"{how_long}; the practice Zoho allows {Behaviour().calls_per_minute:,} a minute."
    )


def _where_to_look(demo: Demo, pages: str, known: Sequence[Credentials], console: Console) -> None:
    facts = demo.sandbox.facts()
    zoho = f"http://127.0.0.1:{facts.zoho_port}" if facts else ""
    console.print(f"\nDagster:        {demo.client.url}/asset-groups")
    console.print(f"The pages:      {pages}, for these people (passwords are told once):")
    for each in known:
        console.print(f"                {each.name:<17} {each.password}", markup=False, highlight=False)
    console.print(f"Practice Zoho:  {zoho}/_sandbox/health, and beside it objects, ledger, mails")
    console.print('In a shell:     eval "$(.venv/bin/zoho-pipeline sandbox env)"; then .venv/bin/zoho-pipeline --help')
    console.print("Ctrl-C ends everything.")


def _stay(demo: Demo) -> None:
    while True:
        demo.check()
        time.sleep(1)


ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def _told_to_end() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal all end it in the same orderly way."""

    def end(number: int, frame: FrameType | None) -> None:
        raise _Ended

    before = {number: signal.signal(number, end) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _deaf() -> None:
    """While things are being ended, nothing interrupts that."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
