"""results.parquet: one row per option and replicate, the same bytes for the same results."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from impetus_sim.files import write_durably
from impetus_sim.planning.runs.run_table import Found


def build_rows(names: Sequence[str], found: Found) -> list[dict[str, Any]]:
    """Return one flat row per scenario and replicate that was run, in that order.

    Columns: option, replicate, run_key, status (done or failed), error, digest, then one per metric and,
    where a metric can be censored, ``<metric>.is_censored``.
    """
    rows = []
    for option, name in enumerate(names):
        for replicate, key in enumerate(found.keys[option]):
            result = found.results[option][replicate]
            failure = found.failures[option][replicate]
            if result is None and failure is None:  # never asked for: the option was dropped before
                continue
            row: dict[str, Any] = {
                "option": name,
                "replicate": replicate,
                "run_key": key,
                "status": "failed" if result is None else "done",
                "error": f"{failure['error']}: {failure['message']}" if failure else None,
                "digest": result["digest"] if result else None,
            }
            for metric, measure in (result["metrics"] if result else {}).items():
                row[metric] = measure["value"]
                row[f"{metric}.is_censored"] = measure["is_censored"]
            rows.append(row)
    return rows


def write_results(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows as Parquet, whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = list(dict.fromkeys(column for row in rows for column in row))
    arrays = {column: pa.array([row.get(column) for row in rows]) for column in columns}
    buffer = io.BytesIO()
    pq.write_table(pa.table(arrays), buffer, compression="zstd")
    write_durably(path, buffer.getvalue())
