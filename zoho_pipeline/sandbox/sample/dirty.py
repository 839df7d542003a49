"""Every dirty case, planted once, each by its own function; its name is the case's name.

The cases stand by kind in `dirty_customers.py`, `dirty_services.py`, `dirty_invoices.py` and `dirty_payments.py`.
"""

from __future__ import annotations

from zoho_pipeline.sandbox.sample import dirty_customers, dirty_invoices, dirty_payments, dirty_services
from zoho_pipeline.sandbox.sample.dirty_parts import Case
from zoho_pipeline.sandbox.sample.story import Story

CASES: tuple[Case, ...] = (
    *dirty_customers.CASES,
    *dirty_services.CASES,
    *dirty_invoices.CASES,
    *dirty_payments.CASES,
)


def name_of(case: Case) -> str:
    """The case's name, as `World.planted` has it."""
    return case.__name__


def plant_all(story: Story) -> None:
    """Plant every case and note the rows it is about."""
    for case in CASES:
        story.plant(name_of(case), case(story))
