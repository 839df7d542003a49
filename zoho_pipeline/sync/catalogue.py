"""Zoho's plans and taxes: small lists, read at most once a run and only if something needs them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from zoho_pipeline.entities import Entity
from zoho_pipeline.mapping.subscriptions import PlanTerms
from zoho_pipeline.states import State
from zoho_pipeline.sync.decisions import HeldBack
from zoho_pipeline.zoho.billing import ZohoBilling
from zoho_pipeline.zoho.models import ZohoPlan
from zoho_pipeline.zoho.ports import About, Purpose


@dataclass
class Catalogue:
    """What Zoho charges, and with which VAT."""

    client: ZohoBilling
    run_id: str
    purpose: Purpose
    _about: About = field(init=False)

    def __post_init__(self) -> None:
        self._about = About(entity=Entity.SUBSCRIPTIONS, name="the catalogue", run_id=self.run_id, purpose=self.purpose)

    @cached_property
    def tax_ids(self) -> Mapping[Decimal, str]:
        """Zoho's taxes by percentage; the first where several have the same."""
        found: dict[Decimal, str] = {}
        for tax in self.client.taxes(self._about):
            found.setdefault(tax.percentage, tax.tax_id)
        return found

    @cached_property
    def _plans(self) -> Mapping[str, ZohoPlan]:
        return {plan.plan_code: plan for page in self.client.plans(self._about) for plan in page.rows}

    def plan_terms(self, plan_code: str) -> PlanTerms:
        """What Zoho does with the price of that plan.

        Raises:
            HeldBack: when Zoho has no such plan, or it is inactive.
        """
        plan = self._plans.get(plan_code)
        if plan is None or plan.status != "active":
            missing = "has no plan" if plan is None else f"has made {plan.status} the plan"
            raise HeldBack(
                State.BLOCKED,
                f"Zoho {missing} {plan_code}",
                "Publish the package from CircleTel's app; the service follows it.",
            )
        if plan.is_inclusive_tax:
            return PlanTerms(plan_code, Decimal(0))
        if plan.tax_percentage is not None:
            return PlanTerms(plan_code, plan.tax_percentage)
        percentages = {tax_id: percentage for percentage, tax_id in self.tax_ids.items()}
        return PlanTerms(plan_code, percentages.get(plan.tax_id or "", Decimal(0)))
