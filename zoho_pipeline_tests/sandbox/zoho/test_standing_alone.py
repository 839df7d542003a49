"""The server is a judge of its own: it shares no code with what it judges."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from zoho_pipeline.sandbox import zoho

OWN = "zoho_pipeline.sandbox.zoho"


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file} imports relatively"
            yield node.module or ""


def test_nothing_else_of_the_project_is_imported() -> None:
    assert zoho.__file__
    files = list(Path(zoho.__file__).parent.rglob("*.py"))
    assert len(files) > 30
    project = [name for file in files for name in _imported(file) if name.split(".")[0] == "zoho_pipeline"]
    assert [name for name in project if not name.startswith(OWN)] == []
