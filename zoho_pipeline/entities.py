"""The four kinds of record that are synced, parents before children, and what may be changed of them in Zoho."""

from enum import StrEnum

from zoho_pipeline.errors import Foreseen


class Entity(StrEnum):
    """A kind of record, by the name that people, commands, assets and tables use for it."""

    CUSTOMERS = "customers"
    SUBSCRIPTIONS = "subscriptions"
    INVOICES = "invoices"
    PAYMENTS = "payments"

    @property
    def singular(self) -> str:
        """The word for one record: `customer`, `subscription`, `invoice`, `payment`."""
        return self.value[:-1]


class Change(StrEnum):
    """What may be changed of records that are in Zoho already, as ZOHO_CHANGES names it."""

    CUSTOMERS = "customers"
    SUBSCRIPTIONS = "subscriptions"
    DRAFTS = "drafts"
    CANCELLATIONS = "cancellations"


PARENTS_FIRST: tuple[Entity, ...] = tuple(Entity)


class UnknownEntity(Foreseen):
    """The name is none of the four kinds."""

    def __init__(self, name: str) -> None:
        known = ", ".join(PARENTS_FIRST)
        super().__init__(f"Unknown entity {name!r}: choose one of {known}.")


def entity(name: str) -> Entity:
    """The entity of that name (`invoices` or `invoice`).

    Raises:
        UnknownEntity: naming the four that exist.
    """
    wanted = name.strip().lower()
    for kind in PARENTS_FIRST:
        if wanted in (kind.value, kind.singular):
            return kind
    raise UnknownEntity(name)
