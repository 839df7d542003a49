"""Where the pages lead outside: to objects in Zoho Billing and into Dagster, where settings give the address.

Zoho documents no address of its web pages, so none is made up: each kind's is a setting.
"""

from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from zoho_pipeline.entities import Entity
from zoho_pipeline.settings import ID_PLACE, PageSettings, SettingsError


@dataclass(frozen=True)
class Links:
    """The addresses in force; None where there is none."""

    settings: PageSettings

    def in_zoho(self, entity: Entity, zoho_id: str | None) -> str | None:
        """The object's page in Zoho Billing."""
        page = {
            Entity.CUSTOMERS: self.settings.customer_link,
            Entity.SUBSCRIPTIONS: self.settings.subscription_link,
            Entity.INVOICES: self.settings.invoice_link,
            Entity.PAYMENTS: self.settings.payment_link,
        }[entity]
        return page.replace(ID_PLACE, quote(zoho_id, safe="")) if page and zoho_id else None

    def run(self, run_id: str) -> str | None:
        """The run's page in Dagster; a command's run has an id too, and is not found there."""
        return self._dagster(f"runs/{run_id}") if _is_uuid(run_id) else None

    def asset(self, entity: Entity) -> str | None:
        """The kind's page in Dagster."""
        return self._dagster(f"assets/zoho/{entity.value}")

    @property
    def dagster(self) -> str | None:
        """Dagster's own pages."""
        return self.settings.dagster_link

    def _dagster(self, path: str) -> str | None:
        return f"{self.settings.dagster_link}/{path}" if self.settings.dagster_link else None


def links(environ: dict[str, str] | None) -> Links:
    """As the settings say; none at all where one is wrong, which `verify-env` tells."""
    try:
        return Links(PageSettings.load(environ))
    except SettingsError:
        return Links(PageSettings.model_validate({}))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
