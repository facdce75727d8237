"""Figures inlined into pages as PNG, with words for those who cannot see them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from impetus_sim.report import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A figure of a brief.

    Parameters
    ----------
    source
        Data URI of the PNG.
    alt
        What it shows, for those who cannot see it.
    caption
        What to look for.
    width, height
        Pixels.
    """

    source: str
    alt: str
    caption: str
    width: int
    height: int


def encode(figure: Figure, *, alt: str, caption: str) -> Picture:
    """Return a figure as a picture of a page."""
    data = style.to_png(figure)
    width, height = (round(side * style.DOTS_PER_INCH) for side in figure.get_size_inches())
    source = "data:image/png;base64," + base64.b64encode(data).decode()
    return Picture(source=source, alt=alt.strip(), caption=caption, width=width, height=height)
