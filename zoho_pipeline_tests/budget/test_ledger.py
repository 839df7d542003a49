"""The ledger forgets old calls, and only those."""

from datetime import timedelta

from sqlalchemy import Engine, text

from zoho_pipeline.budget.ledger import forget_old_calls
from zoho_pipeline_tests.budget.rig import Rig


def test_old_calls_are_forgotten(engine: Engine) -> None:
    rig = Rig(engine)
    old, recent = rig.ask().ticket, rig.ask().ticket
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE zoho_pipeline.api_calls SET at = at - interval '91 days' WHERE id = :id"), {"id": old}
        )
        assert forget_old_calls(connection) == 1
        assert forget_old_calls(connection, timedelta(days=1)) == 0
        assert connection.execute(text("SELECT id FROM zoho_pipeline.api_calls")).scalars().all() == [recent]
