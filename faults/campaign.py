"""Many runs: two or more stages, each in a process of its own, take them as they come."""

import argparse
import faulthandler
import multiprocessing
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

from faults.plan import planned
from faults.playing import Played, play
from faults.stage import running_stage

HANGS_SECONDS = 300.0
"""A run that takes longer tells where it hangs."""


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
            faulthandler.dump_traceback_later(HANGS_SECONDS)
            done.put(play(stage, planned(number, options.seed, options.only, options.entity, options.workers)))
