"""What the commands of ``impetus bench`` share: rows as JSON or as a table, progress, and the peers' versions."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import click

Rows = Sequence[dict[str, Any]]


def say(text: str) -> None:
    """Print progress, on standard error: standard output belongs to the result."""
    click.echo(text, err=True)


def show_rows(rows: Rows, *, as_json: bool, print_table: Callable[[Rows], None]) -> None:
    """Print rows as one JSON document, or as the table of a family."""
    if as_json:
        click.echo(json.dumps({"rows": rows}))
    else:
        print_table(rows)


def name_peers(rows: Rows) -> str:
    """Return the peers of rows with their versions, or none."""
    return ", ".join(sorted({row["peer_version"] for row in rows if row["peer_version"]})) or "none"
