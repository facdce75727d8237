"""Drawings of matplotlib as figures of a brief: SVG, with words for those who cannot see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from impetus_sim.report import style
from impetus_sim.report.brief.content import Figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


def encode(drawing: Drawing, *, alt: str, caption: str, credit: str = "") -> Figure:
    """Return a drawing as a figure of a brief; the same drawing gives the same text."""
    width, height = drawing.get_size_inches()
    return Figure(
        svg=style.to_svg(drawing),
        alt=" ".join(alt.split()),
        caption=caption,
        width_in=float(width),
        height_in=float(height),
        credit=credit,
    )
