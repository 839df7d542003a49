"""A look at the health of everything every morning; in a world without a fault each finding is a false alarm."""

from dataclasses import dataclass, field

from simulation.judge import Finding
from simulation.stage import Stage
from zoho_pipeline.actions.health import read_health
from zoho_pipeline.clock import shown
from zoho_pipeline.health.check import Level

HOUR = 7


@dataclass
class Rounds:
    """Looks, and remembers what was amiss."""

    stage: Stage
    looks: int = 0
    alarms: list[Finding] = field(default_factory=list)

    def look(self) -> None:
        """As the daily schedule does. Dagster's daemon, which a simulated tick stands for, is alive at that moment."""
        self.looks += 1
        self.stage.heartbeat()
        report = read_health(self.stage.environ, detailed=True, clock=self.stage.clock)
        for found in report.findings:
            if found.level is not Level.HEALTHY:
                story = f"{shown(self.stage.clock.now())}: {found.check} is {found.level}: {found.found}"
                self.alarms.append(Finding("false alarm", story))
