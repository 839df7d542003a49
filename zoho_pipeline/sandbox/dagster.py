"""Dagster's three processes, code server, web server and daemon, in a directory of the practice world.

They are started apart (`dagster dev` takes three times as long and leaves children behind). What they are asked is in
`dagster_client.py`; this module imports no Dagster.
"""

import shutil
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zoho_pipeline.errors import Foreseen
from zoho_pipeline.sandbox.ports import LOOPBACK
from zoho_pipeline.sandbox.processes import Processes

CODE_SERVER, WEB_SERVER, DAEMON = "dagster code server", "dagster web server", "dagster daemon"
MODULE = "zoho_pipeline.definitions"
INSTANCE_FILE = Path(__file__).parents[2] / "dagster.yaml"


@dataclass(frozen=True)
class Dagster:
    """Where Dagster is to run: its home, its two ports, and the variables of its processes."""

    home: Path
    code_port: int
    web_port: int
    environ: Mapping[str, str]
    processes: Processes
    module: str = MODULE

    @property
    def url(self) -> str:
        """Address of the web page."""
        return f"http://{LOOPBACK}:{self.web_port}"

    def prepare(self) -> None:
        """Make the home: the instance's settings, and where the code is served."""
        make_home(self.home)
        (self.home / "workspace.yaml").write_text(
            textwrap.dedent(
                f"""\
                load_from:
                  - grpc_server:
                      host: {LOOPBACK}
                      port: {self.code_port}
                      location_name: zoho_pipeline
                """
            )
        )

    def start_servers(self) -> None:
        """Start the code server and the web server; they are ready some seconds later."""
        self._start(
            CODE_SERVER, "dagster", "api", "grpc", "--host", LOOPBACK, "--port", str(self.code_port),
            "--module-name", self.module, "--location-name", "zoho_pipeline",
            "--use-python-environment-entry-point", "--log-level", "warning",
        )  # fmt: skip
        self._start(
            WEB_SERVER, "dagster_webserver", "--host", LOOPBACK, "--port", str(self.web_port),
            "--workspace", str(self.home / "workspace.yaml"), "--dagster-log-level", "warning",
        )  # fmt: skip

    def start_daemon(self) -> None:
        """Start the daemon. It looks for backfills when it starts, and every 30 seconds from then on."""
        self._start(DAEMON, "dagster._daemon", "run", "--workspace", str(self.home / "workspace.yaml"))

    def _start(self, name: str, module: str, *arguments: str) -> None:
        self.processes.start(name, module, arguments, self.environ, cwd=self.home)


def make_home(home: Path) -> None:
    """A directory that DAGSTER_HOME can name, with the settings of the checkout.

    Raises:
        Foreseen: when this is not a checkout.
    """
    if not INSTANCE_FILE.exists():
        raise Foreseen(f"There is no {INSTANCE_FILE}: start the practice world from a checkout of the project.")
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(INSTANCE_FILE, home / "dagster.yaml")
