"""Lists: filtering, sorting and paging, with the habits and gaps of Zoho's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zoho_pipeline.sandbox.zoho.behaviour import Behaviour
from zoho_pipeline.sandbox.zoho.collection import Collection
from zoho_pipeline.sandbox.zoho.errors import invalid
from zoho_pipeline.sandbox.zoho.organisation import Organisation
from zoho_pipeline.sandbox.zoho.values import whole

Query = Mapping[str, str]
Test = Callable[[Any], bool]
Filter = Callable[[Organisation, str], Test]
_LISTS_KEPT = 20


@dataclass(slots=True, frozen=True)
class Listing:
    """How one resource is listed.

    prefix: of filter_by's values, such as Status. statuses: what is asked for → whether a record is meant.
    narrowed: documented filters that have an index. documented, undocumented: the others, by query name.
    quick: indexes that stand in for an undocumented filter. sorts: columns.
    """

    plural: str
    collection: Callable[[Organisation], Collection[Any]]
    row: Callable[[Organisation, Any], dict[str, Any]]
    prefix: str = "Status."
    statuses: Mapping[str, Callable[[Organisation, Any], bool]] = field(default_factory=dict)
    active: str = ""
    narrowed: Mapping[str, str] = field(default_factory=dict)
    documented: Mapping[str, Filter] = field(default_factory=dict)
    undocumented: Mapping[str, Filter] = field(default_factory=dict)
    quick: Mapping[str, str] = field(default_factory=dict)
    sorts: Mapping[str, Callable[[Organisation, Any], Any]] = field(default_factory=dict)


def page_of(org: Organisation, listing: Listing, query: Query) -> dict[str, Any]:
    """One page, as the body of an answer."""
    found = _found(org, listing, query)
    return paged(org, listing.plural, found, query, lambda record: listing.row(org, record))


def paged(
    org: Organisation, plural: str, found: Sequence[Any], query: Query, row: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """A page of what was found, with its page_context."""
    page = max(whole(query, "page", 1), 1)
    per_page = min(max(whole(query, "per_page", org.behaviour.per_page_maximum), 1), org.behaviour.per_page_maximum)
    start = (page - 1) * per_page
    return {
        plural: [row(record) for record in found[start : start + per_page]],
        "page_context": {
            "page": page,
            "per_page": per_page,
            "has_more_page": start + per_page < len(found),
            "report_name": plural.capitalize(),
            "applied_filter": query.get("filter_by", "Status.All"),
            "sort_column": query.get("sort_column", "created_time"),
            "sort_order": query.get("sort_order", org.behaviour.default_sort_order),
        },
    }


def _found(org: Organisation, listing: Listing, query: Query) -> list[Any]:
    """What was found is kept while nothing changes, so that going through many pages sorts only once."""
    wanted = _heeded(query, org.behaviour)
    asked = {name: value for name, value in wanted.items() if name not in ("page", "per_page")}
    key = (listing.plural, *sorted(asked.items()))
    state = (org.version, org.behaviour, org.clock.today())
    if org.behaviour.list_lag_seconds:
        return _sorted(org, listing, _filtered(org, listing, wanted), query)
    if org.listed.get(key, (None, None))[0] != state:
        if len(org.listed) > _LISTS_KEPT:
            org.listed.clear()
        org.listed[key] = (state, _sorted(org, listing, _filtered(org, listing, wanted), query))
    return org.listed[key][1]


def settled(org: Organisation, collection: Collection[Any], records: Iterable[Any]) -> Iterable[Any]:
    """Without what is too new for lists, where the organisation's lists lag behind."""
    lag = org.behaviour.list_lag_seconds
    hidden = collection.arrived_within(lag) if lag else set()
    return (record for record in records if record.id not in hidden) if hidden else records


def contains(reader: Callable[[Any], str]) -> Filter:
    """A filter for text within a field, whatever its case."""
    return lambda org, wanted: lambda record: wanted.lower() in reader(record).lower()


def equals(reader: Callable[[Any], str]) -> Filter:
    """A filter for a field's whole text, whatever its case."""
    return lambda org, wanted: lambda record: wanted.lower() == reader(record).lower()


def by_status(*statuses: str) -> Callable[[Organisation, Any], bool]:
    """Records of these statuses."""
    return lambda org, record: record.status in statuses


def _heeded(query: Query, behaviour: Behaviour) -> dict[str, str]:
    ignored = behaviour.ignored_filters
    return {} if "*" in ignored else {name: value for name, value in query.items() if value and name not in ignored}


def _filtered(org: Organisation, listing: Listing, wanted: Query) -> list[Any]:
    collection = listing.collection(org)
    tests = _tests(org, listing, wanted)
    records: Iterable[Any] = collection.newest_first()
    indexes = {**(listing.quick if org.behaviour.undocumented_filters else {}), **listing.narrowed}
    for name, index in indexes.items():
        if name in wanted:
            records = reversed(collection.where(index, wanted[name].lower()))
            break
    records = settled(org, collection, records)
    return [record for record in records if all(test(record) for test in tests)] if tests else list(records)


def _tests(org: Organisation, listing: Listing, wanted: Query) -> list[Test]:
    filters = dict(listing.documented)
    if org.behaviour.undocumented_filters:
        filters.update(listing.undocumented)
    tests = [make(org, wanted[name]) for name, make in filters.items() if name in wanted]
    status = _status(org, listing, wanted)
    return [status, *tests] if status else tests


def _status(org: Organisation, listing: Listing, wanted: Query) -> Test | None:
    """Zoho takes Status.Active and the like, whatever the case."""
    asked = wanted.get("filter_by", "")
    if not asked:
        asked = "" if org.behaviour.lists_default_to_all else listing.active
    elif not asked.lower().startswith(listing.prefix.lower()):
        raise invalid("filter_by")
    name = asked[len(listing.prefix) :].lower() if "." in asked else asked.lower()
    if name in ("", "all"):
        return None
    if name not in listing.statuses:
        raise invalid("filter_by")
    meant = listing.statuses[name]
    return lambda record: meant(org, record)


def _sorted(org: Organisation, listing: Listing, found: list[Any], query: Query) -> list[Any]:
    """Found newest first; a column that is not known is ignored, as an unknown filter is."""
    column = query.get("sort_column", "")
    descending = query.get("sort_order", org.behaviour.default_sort_order).upper() != "A"
    if column in listing.sorts:
        key = listing.sorts[column]
        in_order = found[::-1]
        # Sorting is stable, so ties keep the order of creation.
        in_order.sort(key=lambda record: key(org, record))
        return in_order[::-1] if descending else in_order
    return found if descending else found[::-1]
