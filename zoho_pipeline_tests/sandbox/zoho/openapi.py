"""Zoho's OpenAPI files: finding a response's schema, judging an answer by it, and how much of it an answer shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator

Schema = dict[str, Any]


@dataclass(frozen=True)
class Violation:
    """A value that its schema does not allow; [] in the path stands for the rows of a list."""

    operation: str
    path: str
    complaint: str


@dataclass
class Seen:
    """Documented properties of all answers, and which of them were there."""

    declared: set[str] = field(default_factory=set)
    present: set[str] = field(default_factory=set)

    @property
    def share(self) -> float:
        """What share of the documented properties was there."""
        return len(self.present) / len(self.declared)


class Contract:
    """One OpenAPI file."""

    def __init__(self, file: Path) -> None:
        self._document = _read(file)

    def response(self, method: str, path: str, status: int) -> Schema:
        """The schema of an answer; KeyError if the file documents no such answer."""
        operation = self._document["paths"][path][method.lower()]
        response = self._resolved(operation["responses"][str(status)])
        schema: Schema = response["content"]["application/json"]["schema"]
        return schema

    def violations(self, operation: str, schema: Schema, answer: object) -> list[Violation]:
        """What in the answer the schema does not allow."""
        whole = {**schema, "components": self._document["components"]}
        return [
            Violation(operation, _path(error.absolute_path), error.message)
            for error in Draft4Validator(whole).iter_errors(answer)
        ]

    def look(self, operation: str, schema: Schema, answer: object, seen: Seen) -> None:
        """Note which documented properties an answer shows; what an empty list would hold is not asked for."""
        for path, there in self._properties(schema, answer, ""):
            seen.declared.add(f"{operation} {path}")
            if there:
                seen.present.add(f"{operation} {path}")

    def _properties(self, schema: Schema, value: object, path: str) -> Iterator[tuple[str, bool]]:
        schema = self._resolved(schema)
        if isinstance(value, list):
            for row in value:
                yield from self._properties(schema.get("items", {}), row, f"{path}[]")
        elif isinstance(value, dict):
            for name, declared in schema.get("properties", {}).items():
                yield f"{path}.{name}", name in value
                if name in value:
                    yield from self._properties(declared, value[name], f"{path}.{name}")

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            found: Any = self._document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema


@cache
def _read(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)
    return document


def _path(parts: Any) -> str:
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in parts)


# The C loader is ten times as fast, where it is there.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
