"""The shape of a comparison: two SELECTs, what pairs them, and the branches that name what sets them apart.

Both sides become columns of one temporary table, `met`: CircleTel's with the prefix `c_`, Zoho's with `z_`. It holds
the pairs that differ, and what is left over on either side. All fragments are constants of this package: no value from
outside ever becomes SQL.
"""

from dataclasses import dataclass

from zoho_pipeline.entities import Entity
from zoho_pipeline.reconciliation.classes import Class

PAIR = "c_row_id IS NOT NULL AND z_zoho_id IS NOT NULL AND NOT c_extra"
LEFT_C = "z_zoho_id IS NULL AND c_counted"
LEFT_Z = "c_row_id IS NULL AND z_counted"
UUID = "'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'"

C_N, Z_N = "c_counted::int", "z_counted::int"
C_AMOUNT = "CASE WHEN c_counted THEN c_amount ELSE 0 END"
Z_AMOUNT = "CASE WHEN z_counted THEN z_amount ELSE 0 END"
NO_EFFECT = ("0", "0")
C_GOES = (f"-({C_N})", f"-({C_AMOUNT})")
Z_COMES = (Z_N, Z_AMOUNT)
BOTH = (f"{Z_N} - {C_N}", f"({Z_AMOUNT}) - ({C_AMOUNT})")
_BY_CIRCLETEL = "CASE WHEN c_sync_status IN ('failed', 'syncing') THEN c_sync_status ELSE 'pending' END"


@dataclass(frozen=True)
class Branch:
    """One class of items.

    Attributes:
        what: the class.
        when: over the columns of `met`.
        circletel, zoho: the values that are shown.
        difference: in money, where the values are money.
        effects: what count and total have to be changed by, to come from CircleTel's to Zoho's.
        of: whose day and currency place the item: 'c' or 'z'; 'both' makes two items, one that takes CircleTel's away
            where it stands, and one that puts Zoho's where that stands.
        cause: what is known of why.
    """

    what: Class
    when: str
    circletel: str = "NULL"
    zoho: str = "NULL"
    difference: str = "NULL"
    effects: tuple[str, str] = NO_EFFECT
    of: str = "c"
    cause: str = "NULL"


Group = tuple[Branch, ...]
"""Branches of which the first that holds is taken, and no other."""


@dataclass(frozen=True)
class Pairing:
    """How two left over rows of `met`, c and z, are known to be one.

    Attributes:
        how: the word for it.
        when: over c and z.
        by_key: whether z names the row. Then the first of several that do is taken, and the others are duplicates;
            else nothing is taken where several fit.
    """

    how: str
    when: str
    by_key: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind's comparison.

    Attributes:
        circletel: SELECT of row_id uuid, link, label, day, counted, amount, currency, and more. What is not
            counted stands in no total, but may be linked to something in Zoho.
        links: SELECT of the links alone, of whichever rows of CircleTel's table.
        zoho: SELECT of zoho_id, label, day, counted, amount, currency, and more.
        c_columns, z_columns: what these give beside row_id, link and zoho_id.
        differs: over c and z, whether a linked pair is to be looked at closer.
        pairing: one after the other.
        explaining: the group that carries the effects.
        fields: what else can differ.
        dated_by_both: whether each side has a day of its own; else Zoho's object stands where the row does.
        more: SELECT of row ids that are to be looked at though nothing in `differs` holds.
        steps: statements between pairing and naming.
    """

    entity: Entity
    circletel: str
    links: str
    zoho: str
    c_columns: tuple[str, ...]
    z_columns: tuple[str, ...]
    differs: str
    pairing: tuple[Pairing, ...]
    explaining: Group
    fields: tuple[Group, ...]
    dated_by_both: bool = False
    more: str | None = None
    steps: tuple[str, ...] = ()


def two_rows() -> Branch:
    """A second row on one object: Zoho's side is counted at the first."""
    return Branch(
        Class.TWO_ROWS_ONE_OBJECT, "c_extra", "c_link", "z_zoho_id", effects=C_GOES, cause="'linked to the same object'"
    )


def gone() -> Branch:
    """Linked to what a complete listing no longer shows."""
    return Branch(
        Class.DELETED_IN_ZOHO, f"{LEFT_C} AND c_link IS NOT NULL", "c_link", effects=C_GOES, cause="'no longer listed'"
    )


def missing(excluded: str = "NULL") -> Branch:
    """Not in Zoho, with how the row stands; `excluded` tells what the sync never sends."""
    cause = f"coalesce({excluded}, nullif(r_state, 'synced'), {_BY_CIRCLETEL})"
    return Branch(Class.MISSING_IN_ZOHO, LEFT_C, "c_amount::text", difference="-c_amount", effects=C_GOES, cause=cause)


def only_in_zoho(table: str, column: str, keys: str, alike: str) -> Group:
    """What is left over in Zoho: a second object of a row, one of a row that is not for Zoho, or nobody's.

    `keys` are the texts (over `seen`, by name) that may be the id of a row in CircleTel's `table`, whose `column` links
    it; `alike` says what makes another object (o) of the mirror a twin of one that carries no key.
    """
    named = f"(SELECT k::uuid FROM unnest(ARRAY[{keys}]) k WHERE k ~ {UUID})"  # noqa: S608
    mirror = f"zoho_pipeline.mirror_{_MIRRORED[table]}"
    of_another = (
        f"(EXISTS (SELECT FROM public.{table} t JOIN {mirror} o ON o.zoho_id = t.{column} AND o.gone_at IS NULL "  # noqa: S608
        f"WHERE t.id IN {named} AND t.{column} <> z_zoho_id) "
        f"OR EXISTS (SELECT FROM met p WHERE p.c_row_id IN {named} AND p.z_zoho_id IS NOT NULL))"
    )
    twin = f"""EXISTS (
        SELECT FROM {mirror} o JOIN public.{table} t ON t.{column} = o.zoho_id
        WHERE o.gone_at IS NULL AND o.zoho_id <> z_zoho_id AND {alike}
    )"""
    has_row = (
        f"(EXISTS (SELECT FROM public.{table} t WHERE t.{column} = z_zoho_id) "  # noqa: S608
        f"OR EXISTS (SELECT FROM public.{table} t WHERE t.id IN {named}))"
    )
    return (
        _second("'it carries the key of a row that has another object'", of_another),
        Branch(
            Class.NOT_ELIGIBLE, f"{LEFT_Z} AND {has_row}", "NULL", "z_amount::text", "z_amount", Z_COMES, "z",
            "'the row that it belongs to is not for Zoho'",
        ),
        _second("'it is like another one that a row is linked to, and carries no key'", twin),
        Branch(Class.MISSING_IN_CIRCLETEL, LEFT_Z, "NULL", "z_amount::text", "z_amount", Z_COMES, "z"),
    )  # fmt: skip


def _second(why: str, when: str) -> Branch:
    return Branch(
        Class.DUPLICATE_IN_ZOHO, f"{LEFT_Z} AND {when}", "NULL", "z_amount::text", "z_amount", Z_COMES, "z", why
    )


_MIRRORED = {
    "customers": "customers",
    "customer_services": "subscriptions",
    "customer_invoices": "invoices",
    "payment_transactions": "payments",
}


NOT_LINKED: Group = (
    Branch(Class.NOT_LINKED, f"{PAIR} AND c_link IS DISTINCT FROM z_zoho_id", "c_link", "z_zoho_id", cause="how"),
)
WRONG_PARENT: Group = (Branch(Class.WRONG_PARENT, f"{PAIR} AND c_parent <> z_parent", "c_parent", "z_parent"),)
"""Where the row's customer is not linked, nothing can be said of it."""
UNDATED: Group = (Branch(Class.UNDATED, "c_undated AND c_counted"),)
CURRENCY = Branch(
    Class.CURRENCY, f"{PAIR} AND (c_counted OR z_counted) AND c_currency <> z_currency", "c_currency", "z_currency",
    of="both",
)  # fmt: skip
BOTH_COUNT = f"{PAIR} AND c_counted AND z_counted AND c_currency = z_currency"
TIMING = Branch(
    Class.TIMING, f"{BOTH_COUNT} AND c_month <> z_month", "c_day::text", "z_day::text", of="both"
)  # fmt: skip
ALSO_IN_AMOUNT = Branch(
    Class.AMOUNT, f"{BOTH_COUNT} AND c_month <> z_month AND c_amount <> z_amount", "c_amount::text", "z_amount::text",
    "z_amount - c_amount",
)  # fmt: skip
"""Beside TIMING, which has taken the whole of it from one month into the other: it does not even out."""
