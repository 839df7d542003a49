"""The locked dependencies fit the declared ones, and can be had from anywhere."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def declared() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def names(requirements: list[str]) -> set[str]:
    """`dagster==1.13.*` → `dagster`"""
    return {match[0].lower().replace("_", "-") for each in requirements if (match := re.match(r"[\w.-]+", each))}


def locked(lock: str) -> set[str]:
    return names([line for line in (ROOT / lock).read_text().splitlines() if re.match(r"[\w.-]+(\[.*\])?==", line)])


def test_the_demo_finds_all_it_needs_in_its_lock() -> None:
    project = declared()["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["sandbox"]]
    assert names([*needed, *declared()["dependency-groups"]["build"]]) <= locked("requirements.lock")


def test_the_tests_find_all_they_need_in_theirs() -> None:
    project = declared()["project"]
    needed = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    assert names([*needed, *declared()["dependency-groups"]["build"]]) <= locked("requirements-dev.lock")


def test_both_locks_hold_the_same_versions() -> None:
    def versions(lock: str) -> set[str]:
        return set(re.findall(r"^[\w.-]+(?:\[.*\])?==[^ ;]+", (ROOT / lock).read_text(), re.MULTILINE))

    assert versions("requirements.lock") <= versions("requirements-dev.lock")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_place_to_download_from(lock: str) -> None:
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links|@ ", (ROOT / lock).read_text())


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_version_has_its_hashes(lock: str) -> None:
    bare = re.findall(r"^[\w.-]+(?:\[.*\])?==[^\\\n]*$", (ROOT / lock).read_text(), re.MULTILINE)
    assert bare == []
