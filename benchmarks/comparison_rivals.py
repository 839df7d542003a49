"""In a process of its own, and an environment of their own: datacompy (polars) or reladiff on the same two tables.

Both compare one table with another, so they are given views (`c_side`, `z_side`) of the same columns, in which money is
whole cents, the cheapest that they can be given; the customer is left out. datacompy's time includes reading, by COPY
into polars, the fastest way there is. reladiff is asked for `hashdiff`, as it works between two databases, and has its
defaults.
"""

import io
import json
import resource
import sys
import time
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg2


def main() -> int:
    """`datacompy` or `reladiff`, and the database's address: prints seconds and differences as JSON."""
    url = sys.argv[2]
    began = time.perf_counter()
    found = {"datacompy": _datacompy, "reladiff": _reladiff}[sys.argv[1]](url)
    seconds = time.perf_counter() - began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "items": found, "peak_mb": peak_mb}) + "\n")
    return 0


def _datacompy(url: str) -> int:
    datacompy = import_module("datacompy")
    compared = datacompy.PolarsCompare(_read(url, "c_side"), _read(url, "z_side"), join_columns="zoho_id")
    differing = len(compared.all_mismatch(ignore_matching_cols=True))
    return differing + len(compared.df1_unq_rows) + len(compared.df2_unq_rows)


def _read(url: str, view: str) -> Any:
    polars = import_module("polars")
    written = io.BytesIO()
    connection = psycopg2.connect(**_parts(url))  # type: ignore[call-overload]
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY (SELECT * FROM {view}) TO STDOUT WITH (FORMAT csv, HEADER)", written)  # noqa: S608
    connection.close()
    written.seek(0)
    return polars.read_csv(written, schema_overrides={"zoho_id": polars.String}, try_parse_dates=True)


def _reladiff(url: str) -> int:
    reladiff = import_module("reladiff")
    columns = ("total", "day", "tax", "due", "status")
    where = {"driver": "postgresql", **_parts(url)}
    tables = [reladiff.connect_to_table(where, name, "zoho_id", extra_columns=columns) for name in ("c_side", "z_side")]
    return len({row[0] for _, row in reladiff.diff_tables(*tables, algorithm=reladiff.Algorithm.HASHDIFF)})


def _parts(url: str) -> dict[str, str]:
    """Of `postgresql+psycopg2://user:@/database?host=/directory`."""
    parsed = urlsplit(url)
    return {
        "host": parse_qs(parsed.query)["host"][0],
        "user": parsed.username or "",
        "password": parsed.password or "",
        "database": parsed.path.removeprefix("/"),
    }


if __name__ == "__main__":
    sys.exit(main())
