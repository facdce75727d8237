"""`impetus map infrastructure --assets`: the assets that scenarios can name, and what each needs of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from impetus_sim.world.assets import Assets

_WIDTH = 160
"""Columns where nobody looks at a terminal."""


def list_assets(assets: Assets) -> list[dict[str, Any]]:
    """Return for each asset its id, kind, place (m), whether it is mapped, and its needs with their buffers (s)."""
    from impetus_sim.world.assets import Service

    needs: list[list[dict[str, Any]]] = [[] for _ in range(len(assets))]
    table = assets.needs
    for row in range(len(table)):
        needs[int(table.consumer[row])].append(
            {
                "service": Service(int(table.service[row])).name.lower(),
                "of": assets.ids[int(table.provider[row])],
                "group": int(table.group[row]),
                "buffer_s": float(table.buffer_s[row]),
            }
        )
    return [
        {
            "id": assets.ids[row],
            "kind": assets.kinds[row],
            "x": round(float(assets.x[row]), 1),
            "y": round(float(assets.y[row]), 1),
            "is_mapped": bool(assets.is_mapped[row]),
            "needs": needs[row],
        }
        for row in range(len(assets))
    ]


def print_assets(rows: list[dict[str, Any]]) -> None:
    """Print assets as a table; providers that can stand in for one another are joined by 'or'."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table: Any = Table(box=box.SIMPLE_HEAD)
    for heading in ("id", "kind", "x, y", "needs"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(row["id"], row["kind"], f"{row['x']:.0f}, {row['y']:.0f}", _in_words(row["needs"]))
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    console.print(table, markup=False, highlight=False)


def _in_words(needs: list[dict[str, Any]]) -> str:
    groups: dict[int, list[dict[str, Any]]] = {}
    for need in needs:
        groups.setdefault(need["group"], []).append(need)
    return "; ".join(
        f"{some[0]['service']} of {' or '.join(need['of'] for need in some)}" for some in groups.values()
    )
