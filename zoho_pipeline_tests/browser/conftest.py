"""One practice world with Dagster, in which the main job has run once, and one Chromium."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from zoho_pipeline.entities import Entity
from zoho_pipeline.sandbox.demo import Demo, Outcome
from zoho_pipeline.sandbox.world import Sandbox

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


PICTURES = pytest.StashKey[Path]()


@dataclass(frozen=True)
class Finished:
    """A demonstration after its main job."""

    demo: Demo
    outcome: Outcome

    def red(self, kind: Entity) -> list[str]:
        """The months in which the kind had rows in trouble, by their counts."""
        return [
            month.month
            for month in self.outcome.done
            if month.entity is kind and any(month.values[name] for name in ("refused", "parked", "failed"))
        ]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    demo = Demo(Sandbox(tmp_path_factory.mktemp("demo"), {}), None, print)
    try:
        expected = demo.start()
        yield Finished(demo, demo.outcome(expected, list(demo.follow(expected))))
    finally:
        demo.sandbox.wipe()


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail(f"No Chromium on PATH (looked for {', '.join(CHROMIUMS)}): install one, e.g. Debian's `chromium`.")
    return found


@pytest.fixture(scope="session")
def screenshots(pytestconfig: pytest.Config) -> Path:
    """Where the pages are pictured; it outlives the tests, and is named at their end."""
    pytestconfig.stash[PICTURES] = directory = Path(tempfile.mkdtemp(prefix="zoho-pipeline-pages-"))
    return directory


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if PICTURES in config.stash:
        terminalreporter.write_line(f"The pages are pictured in {config.stash[PICTURES]}")


@pytest.fixture
def page(finished: Finished, chromium: str, screenshots: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page whose addresses begin at Dagster's; pictured when the test has ended."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        opened = browser.new_page(base_url=finished.demo.client.url, viewport={"width": 1500, "height": 1100})
        opened.set_default_timeout(20_000)
        yield opened
        opened.screenshot(path=screenshots / f"{request.node.name}.png")
        browser.close()
