"""Many runs: two or more stages, each in a process of its own, take them as they come."""

import argparse
import faulthandler
import multiprocessing
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

from faults.plan import Run, planned
from faults.playing import Played, play
from faults.stage import Stage, running_stage

HANGS_SECONDS = 300.0
"""A run that takes longer tells where it hangs."""
TRIES = 3
"""So often is a run played at most in which the fault missed its moment, as may happen on a busy machine."""


def campaign(options: argparse.Namespace) -> Iterator[Played]:
    """Play the runs, yielding each as it ends, in no order.

    Raises:
        RuntimeError: when a stage broke down.
    """
    context = multiprocessing.get_context("spawn")
    orders: Any = context.Queue()
    done: Any = context.Queue()
    numbers = range(options.first, options.first + options.runs)
    stages = [context.Process(target=_stage, args=(orders, done, options)) for _ in range(options.jobs)]
    for order in (*numbers, *(None for _ in stages)):
        orders.put(order)
    for stage in stages:
        stage.start()
    try:
        for _ in numbers:
            while done.empty():
                time.sleep(0.02)
                if not all(stage.is_alive() or stage.exitcode == 0 for stage in stages):
                    raise RuntimeError("a stage of the campaign broke down")
            yield done.get()
    except BaseException:
        for stage in stages:
            stage.terminate()
        raise
    finally:
        for stage in stages:
            stage.join(60)


def end_orderly() -> None:
    """Let SIGTERM end this process as an exception, so that servers are stopped and directories removed."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))


def _stage(orders: Any, done: Any, options: argparse.Namespace) -> None:
    end_orderly()
    with running_stage() as stage:
        while (number := orders.get()) is not None:
            done.put(_played(stage, planned(number, options.seed, options.only, options.entity, options.workers)))


def _played(stage: Stage, run: Run) -> Played:
    for _ in range(TRIES):
        faulthandler.dump_traceback_later(HANGS_SECONDS)
        played = play(stage, run)
        if played.struck or played.findings:
            break
    return played
