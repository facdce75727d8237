"""Where storeys lie: for distances in the building, and for recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from impetus_sim.world.sheets import SheetFrame, Sheets

if TYPE_CHECKING:
    from impetus_sim.engine.lay_storeys import Layout
    from impetus_sim.world.ground import Ground


def sheets_in_building(layout: Layout) -> Sheets:
    """Return where sheets and strips are in the building, in the order in which recordings name them."""
    frames = []
    for sheet in layout.sheets.values():
        x0, y0, x1, y1 = sheet.bounds
        west, east = ((x - sheet.shift_x, 0.0, sheet.elevation) for x in (x0, x1))
        frames.append(SheetFrame(box=(x0, y0, x1, y1), west=west, east=east, shift_y=sheet.shift_y))
    frames += [
        SheetFrame(box=strip.shape.bounds, west=strip.foot, east=strip.head) for strip in layout.strips
    ]
    return Sheets(frames)


def describe_storeys(layout: Layout, ground: Ground) -> dict[str, dict[str, Any]]:
    """Return the static groups of the recording that map sheets and strips to storeys; none without storeys."""
    if not layout.sheets:
        return {}
    sheets, strips = list(layout.sheets.values()), layout.strips
    boxes = [sheet.bounds for sheet in sheets] + [strip.shape.bounds for strip in strips]
    n_strips = len(strips)
    first = len(ground.exit_names)
    segments = [
        np.column_stack([ground.exit_segments(first + k), np.full(len(ground.exit_segments(first + k)), k)])
        for k in range(len(layout.lines))
    ]
    return {
        "storeys": {
            "name": np.array(
                [*(sheet.name for sheet in sheets), *(strip.name for strip in strips)], dtype=object
            ),
            "kind": np.array(["storey"] * len(sheets) + ["flight"] * n_strips, dtype=object),
            "elevation_m": np.array([sheet.elevation for sheet in sheets] + [np.nan] * n_strips),
            "shift_x_m": np.array([sheet.shift_x for sheet in sheets] + [0.0] * n_strips),
            "shift_y_m": np.array([sheet.shift_y for sheet in sheets] + [0.0] * n_strips),
            "box": np.array(boxes, np.float64),
        },
        "passages": {
            "name": np.array(ground.passage_names, dtype=object),
            "segments": np.concatenate(segments) if segments else np.empty((0, 5)),
        },
    }
