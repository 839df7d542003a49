"""The command line: a table of contents. `zoho-pipeline --help` must answer at once, so commands import what is
heavy only when they run.
"""

import sys

import typer

from zoho_pipeline.commands import (
    backfill,
    cancellations,
    dashboard,
    database,
    demo,
    duplicates,
    health_check,
    incidents,
    people,
    reconcile,
    repair,
    retry,
    review,
    sandbox,
    verify_env,
    watch,
    withdrawn,
)
from zoho_pipeline.commands.ending import INTERRUPTED
from zoho_pipeline.errors import Foreseen

app = typer.Typer(
    name="zoho-pipeline",
    help="CircleTel's customers, services, invoices and payments in Zoho Billing: synced once, reconciled to the cent.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.add_typer(sandbox.app, name="sandbox")
app.command("backfill")(backfill.backfill)
app.add_typer(cancellations.app, name="cancellations")
app.command("retry-failed")(retry.retry_failed)
app.command("retry")(retry.retry_one)
app.command("reset-stuck")(retry.reset_stuck)
app.command("resolve")(repair.resolve)
app.command("relink")(repair.relink)
app.add_typer(withdrawn.app, name="withdrawn")
app.add_typer(reconcile.app, name="reconcile")
app.add_typer(people.app, name="people")
app.command("duplicates")(duplicates.duplicates)
app.add_typer(review.app, name="review")
app.add_typer(incidents.app, name="incidents")
app.command("dashboard")(dashboard.dashboard)
app.command("watch")(watch.watch)
app.command("health-check")(health_check.health_check)
app.command("verify-env")(verify_env.verify_env)
app.add_typer(database.app, name="db")


def main() -> None:
    """Run a command; a failure that was foreseen is one sentence, without a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Foreseen as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(1)


if __name__ == "__main__":
    main()
