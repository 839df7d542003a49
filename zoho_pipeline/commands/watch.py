"""`zoho-pipeline watch`: the guard outside of Dagster, for cron or systemd."""

from typing import Annotated

import typer

Once = Annotated[bool, typer.Option("--once", help="Look once and end, for cron.")]
Every = Annotated[int, typer.Option("--every", metavar="SECONDS", min=5, help="How often to look.")]


def watch(once: Once = False, every: Every = 60) -> None:
    """See whether Dagster's daemon lives, raise incidents that nobody answers, and send what is due.

    Goes on until Ctrl-C. With --once it ends with status 1 if Dagster does not live, a channel is down, or it could
    not look.
    """
    from zoho_pipeline.actions.watch import Watch
    from zoho_pipeline.clock import SystemClock, shown
    from zoho_pipeline.errors import Foreseen

    clock = SystemClock()
    guard = Watch(clock=clock)
    if once:
        seen = guard.look()
        typer.echo(str(seen))
        raise typer.Exit(0 if seen.well else 1)
    while True:
        try:
            said = str(guard.look())
        except Foreseen as error:
            said = str(error)
        typer.echo(f"{shown(clock.now())} {said}")
        clock.sleep(every)
