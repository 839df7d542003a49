"""What the judge of the sample data makes of a practice world."""

from sqlalchemy import create_engine

from zoho_pipeline.sandbox.ports import LOOPBACK
from zoho_pipeline.sandbox.sample import truth
from zoho_pipeline.sandbox.sample.judge import judge
from zoho_pipeline.sandbox.sample.verdict import Report
from zoho_pipeline.sandbox.world import Sandbox, SandboxDown


def judged(sandbox: Sandbox) -> Report:
    """Judge CircleTel's tables and the practice Zoho as they stand.

    Raises:
        SandboxDown: when the world does not run.
    """
    facts = sandbox.facts()
    if facts is None:
        raise SandboxDown(f"There is no practice world in {sandbox.directory}.")
    engine = create_engine(sandbox.variables()["CIRCLETEL_DATABASE_URL"])
    try:
        return judge(engine, f"http://{LOOPBACK}:{facts.zoho_port}", truth.load(engine))
    finally:
        engine.dispose()
