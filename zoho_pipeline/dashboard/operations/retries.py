"""Retrying one row in the background, and telling how it goes (R21).

The row is started anew first, audited, while the person waits for the answer. Then an urgent run sends it: Dagster's
job `sync_urgently` where an address of Dagster is set (ZOHO_DAGSTER_URL) and its daemon is not known to have stopped,
because such a run outlives this server and has a page of its own; else this server runs the very same engine in a
thread. Which of the two it is changes nothing for the row: both claim it in the database before anything is sent, so
that even a run which Dagster began without being able to say so does not send it twice. The outcome is always read from
the row itself.

What is told lives in this process only. A server that stops loses none of the work: Dagster's run goes on, a row that
was not reached waits for the next run, and what was being sent is settled as after any worker that ended.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from zoho_pipeline.actions import retry as acting
from zoho_pipeline.actions import urgent_runs
from zoho_pipeline.actions.backfill import backfill
from zoho_pipeline.actions.urgent_runs import DagsterAway
from zoho_pipeline.dashboard.desk import Desk
from zoho_pipeline.dashboard.operations.daemon import DagsterStanding
from zoho_pipeline.dashboard.operations.notices import Notice, Notices
from zoho_pipeline.dashboard.operations.verdict import Verdict, dry_run, verdict
from zoho_pipeline.entities import Entity
from zoho_pipeline.errors import Foreseen
from zoho_pipeline.guard import guard_dagster
from zoho_pipeline.recovery.standing import Standing
from zoho_pipeline.settings import PageSettings, SyncSettings

AT_ONCE = 2
"""Runs in this server's own threads; others wait for their turn."""
LOOKS_EVERY_SECONDS = 1.0
SILENT_LOOKS, QUEUED_LOOKS, MOST_LOOKS = 60, 120, 1_800
"""So often in a row Dagster may not answer, or leave its run in the queue, and so often it is looked at at all."""


@dataclass
class Retries:
    """The retries of one server. `looks_every` is in seconds."""

    desk: Desk
    looks_every: float = LOOKS_EVERY_SECONDS
    notices: Notices = field(init=False)
    _turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE), init=False)

    def __post_init__(self) -> None:
        self.notices = Notices(self.desk.clock)

    def begin(self, entity: Entity, row_id: str, by: str, dagster: DagsterStanding | None) -> None:
        """Retry the row; nothing, where this person's retry of it is under way already.

        Raises:
            Foreseen: when it cannot be begun; then nothing was changed.
        """
        notice = self.notices.enter(entity, row_id, by)
        if notice is None:
            return
        try:
            url = PageSettings.load(self.desk.environ).dagster_url
            guard_dagster(SyncSettings.load(self.desk.environ), url)
            choice = acting.Choice(entities=(entity,), ids=(row_id,))
            begun = acting.begin(choice, by, self.desk.environ, lambda sentence: None)
        except BaseException:
            self.notices.drop(notice)
            raise
        if begun.dry_run:
            self.notices.end(notice, dry_run(begun.rows[0]))
            return
        stopped = dagster.said.rstrip(".") if dagster and dagster.lives is False else None
        threading.Thread(target=self._carry_out, args=(notice, begun.rows, url, stopped), daemon=True).start()

    def _carry_out(self, notice: Notice, rows: Sequence[Standing], url: str | None, stopped: str | None) -> None:
        (row,) = rows
        told = Verdict(f"The retry of {row.name} ended unexpectedly: the log of the pages says why.", False)
        try:
            hindered = self._run(notice, row, url, stopped)
            after = acting.standing_after(rows, self.desk.environ).get((row.entity, row.row_id))
            told = verdict(row, after, hindered)
        except Foreseen as error:
            told = Verdict(f"{row.name} could not be retried to its end; it waits for the next run. {error}", False)
        finally:
            self.notices.end(notice, told)
            outcome = "done" if told.well else "not in Zoho"
            self.desk.note(f"end of the retry of {row.entity.singular} {row.row_id}", notice.by, outcome)

    def _run(self, notice: Notice, row: Standing, url: str | None, stopped: str | None) -> str | None:
        """Have it sent; why the run ended early, where it did."""
        if url is None:
            return self._run_here(notice, row, "No address of Dagster is set (ZOHO_DAGSTER_URL)")
        if stopped:
            return self._run_here(notice, row, stopped)
        request = acting.request_for([row], notice.by)
        try:
            run_id = urgent_runs.launch(url, request.only or {}, request.by)
        except DagsterAway as error:
            return self._run_here(notice, row, str(error))
        self.notices.tell(notice, f"{row.name} is being retried by Dagster.", run_id)
        return self._follow(notice, row, url, run_id)

    def _run_here(self, notice: Notice, row: Standing, why: str) -> str | None:
        self.notices.tell(notice, f"{row.name} is being retried. {why}, so this server does it itself.")
        request = acting.request_for([row], notice.by)
        with self._turns:
            results = list(backfill(request, self.desk.environ, lambda sentence: None))
        return next((result.interrupted for result in results if result.interrupted), None)

    def _follow(self, notice: Notice, row: Standing, url: str, run_id: str) -> str | None:
        """Look until the run has ended, or nobody can wait for it any longer."""
        silent = queued = 0
        for _ in range(MOST_LOOKS):
            threading.Event().wait(self.looks_every)
            try:
                stands = urgent_runs.status(url, run_id)
            except DagsterAway:
                silent += 1
                if silent >= SILENT_LOOKS:
                    return "Dagster has stopped answering; its run goes on by itself, if it lives"
                continue
            if stands in urgent_runs.ENDED:
                return None if stands == "SUCCESS" else f"Dagster's run ended as {stands.lower()}; its page says why"
            silent, queued = 0, queued + 1 if stands == "QUEUED" else 0
            if queued >= QUEUED_LOOKS:
                return "Dagster leaves the run in its queue; it goes as soon as Dagster's daemon does"
            doing = "waits in Dagster's queue" if queued else "is being retried by Dagster"
            self.notices.tell(notice, f"{row.name} {doing}.", run_id)
        return "Dagster's run still goes on"
