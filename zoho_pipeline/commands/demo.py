"""`zoho-pipeline demo`: the whole pipeline at work against a practice Zoho, in one command."""

import os
from pathlib import Path
from typing import Annotated

import typer

from zoho_pipeline.commands.sandbox import HERE

Directory = Annotated[Path, typer.Option(help="Where the practice world is made; what it held is replaced.")]
Port = Annotated[int | None, typer.Option(help="Port of Dagster's page (default: 3000, or a free one).")]
Exit = Annotated[bool, typer.Option("--exit", help="End after the main job; status 0 only if it did what it should.")]


def demo(exit_: Exit = False, port: Port = None, directory: Directory = HERE) -> None:
    """Start a practice world and Dagster, run the main job through Dagster, and show what it did.

    Everything runs on this machine and talks to nothing else. It stays up until Ctrl-C, which ends every process.
    """
    from zoho_pipeline.commands import demo_show
    from zoho_pipeline.sandbox.environment import isolate
    from zoho_pipeline.sandbox.world import Sandbox

    isolate(os.environ)
    sandbox = Sandbox(directory, os.environ)
    with sandbox.held():
        raise typer.Exit(demo_show.run(sandbox, port, stay=not exit_))
