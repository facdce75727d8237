"""How pages look: colours that colour-blind people can tell apart, type, scale bar, north, credit, times.

Colours: Okabe and Ito (2008), Color Universal Design. Density steps change from blues to orange at 4
people/m2, where a crowd becomes dangerous, and get darker on both sides of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from impetus_sim.analysis.metric import PERSON_SECONDS, SECONDS, format_number, format_value
from impetus_sim.files import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#1c2733"
MUTED = "#56626e"
FAINT = "#c9ced3"
PAPER = "#ffffff"
OUTSIDE = "#eceae5"
GROUND = "#fbfaf7"
BUILDING = "#cfcac1"
BUILDING_EDGE = "#b4aea3"
STREET = "#ffffff"
WATER = "#c6dbe8"
GREEN = "#dbe6d0"
EXIT = "#00694d"
QUIET_EXIT = "#7a7f85"
THREAT = "#a3123a"

OPTION_COLOURS = ("#56626e", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00")
"""The baseline is grey; options follow."""

EXIT_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#5d3a9b")

DENSITY_EDGES = (0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
DENSITY_COLOURS = (
    "#f2f6f9",
    "#dbe8f1",
    "#b3d0e3",
    "#7fb0d1",
    "#4788b5",
    "#f9b44a",
    "#dd5a1f",
    "#7d0f2b",
)
DENSITY_LABELS = ("0", "0.5", "1", "2", "3", "4", "5", "6", "more")
DANGER = 4.0
"""People per m2 from which a picture warns."""

DOTS_PER_INCH = 150
PLACE_FONT = 8.5
"""Size of names on maps, points."""
OSM_CREDIT = "Map data © OpenStreetMap contributors (ODbL)"

_RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.7,
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 8.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
}


def assign_exit_colours(n_left: Sequence[int]) -> list[str]:
    """Return a colour per exit: the busiest have their own, the rest are grey.

    Parameters
    ----------
    n_left
        People who left through each exit.
    """
    ranked = sorted(range(len(n_left)), key=lambda index: (-n_left[index], index))
    colours = [QUIET_EXIT] * len(n_left)
    for colour, index in zip(EXIT_COLOURS, ranked, strict=False):
        colours[index] = colour
    return colours


@contextmanager
def page_style() -> Iterator[None]:
    """Draw with our type and colours, whatever the user's own matplotlib settings are."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_RC)
        yield


def new_figure(width_in: float, height_in: float) -> Figure:
    """Return a figure that needs no screen."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in))
    FigureCanvasAgg(figure)
    return figure


def save_png(figure: Figure, path: Path) -> Path:
    """Write a figure whole (never half a file) and return its path."""
    write_whole(path, to_png(figure))
    return path


def to_png(figure: Figure) -> bytes:
    """Return a figure as PNG bytes; the same figure gives the same bytes."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH, metadata={"Software": "impetus_sim"})
    return buffer.getvalue()


def to_svg(figure: Figure) -> str:
    """Return a figure as SVG, its letters as outlines; the same figure gives the same text.

    Outlines, since letters would be set in whatever font is at hand where the page is read.
    """
    import matplotlib

    buffer = BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": "impetus_sim"}):
        metadata = {"Date": None, "Creator": "impetus_sim"}
        figure.savefig(buffer, format="svg", dpi=DOTS_PER_INCH, metadata=metadata)
    return buffer.getvalue().decode()


def format_time(seconds: float) -> str:
    """Return a time of a run as ``45 s`` or ``12:05 min``."""
    if seconds < 60:
        return f"{seconds:g} s" if seconds == round(seconds) else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min"


def format_quantity(value: float, unit: str) -> str:
    """Return a number with its unit as people say it: times in minutes, person-seconds in person-minutes."""
    if unit == SECONDS:
        return format_time(value)
    if unit == PERSON_SECONDS and abs(value) >= 36_000:
        return f"{format_number(value / 3600)} person-hours"
    if unit == PERSON_SECONDS and abs(value) >= 600:
        return f"{format_number(value / 60)} person-minutes"
    if unit == PERSON_SECONDS:
        return f"{format_number(value)} person-seconds"
    return format_value(value, unit)


def format_minutes(seconds: float) -> str:
    """Return a time for an axis, minutes and seconds: ``2:30``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def format_start(text: str) -> str:
    """Return a start time without its T and, when they are zero, without its seconds."""
    return text.replace("T", " ").removesuffix(":00") if text.count(":") == 2 else text.replace("T", " ")


def choose_time_step(duration_s: float) -> float:
    """Return a round step that puts four to eight ticks on a time axis."""
    for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600):
        if duration_s / step <= 8:
            return float(step)
    return float(3600 * math.ceil(duration_s / (8 * 3600)))


def format_count(number: float) -> str:
    """Return a whole number with a narrow gap between thousands."""
    return f"{number:,.0f}".replace(",", "\u202f")


def draw_scale_bar(axes: Axes) -> None:
    """Draw a scale bar of a round length into the lower left corner of a map."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    wanted = 0.22 * (east - west)
    power = 10 ** math.floor(math.log10(wanted))
    length = max(step * power for step in (1, 2, 5) if step * power <= wanted)
    x0, y0 = west + 0.03 * (east - west), south + 0.035 * (north - south)
    height = 0.009 * (north - south)
    plate = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "zorder": 19}
    pad = 0.012 * (east - west)
    axes.add_patch(make_rectangle(x0 - pad, y0 - 1.4 * height, length + 3.2 * pad, 7.2 * height, **plate))
    box: dict[str, Any] = {"edgecolor": INK, "linewidth": 0.8, "zorder": 20}
    for half, colour in ((0, INK), (1, PAPER)):
        axes.add_patch(
            make_rectangle(x0 + half * length / 2, y0, length / 2, height, facecolor=colour, **box)
        )
    label = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    _halo(axes.text(x0 + length, y0 + 2.0 * height, label, ha="center", va="bottom", fontsize=8.5, zorder=20))
    _halo(axes.text(x0, y0 + 2.0 * height, "0", ha="center", va="bottom", fontsize=8.5, zorder=20))


def make_rectangle(x: float, y: float, width: float, height: float, **style: Any) -> Any:
    """Return a rectangle patch with its lower left corner at x, y."""
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), width, height, **style)


def draw_north(axes: Axes) -> None:
    """Draw a north arrow into the lower right corner of a map."""
    axes.annotate(
        "N",
        xy=(0.965, 0.115),
        xytext=(0.965, 0.028),
        xycoords="axes fraction",
        textcoords="axes fraction",
        ha="center",
        va="bottom",
        fontsize=9,
        fontweight="bold",
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.3, "shrinkA": 0},
        zorder=20,
    )


def _halo(text: Any) -> Any:
    """Set a text off from the map beneath it."""
    from matplotlib.patheffects import withStroke

    text.set_path_effects([withStroke(linewidth=2.6, foreground=PAPER)])
    return text


def label_place(axes: Axes, x: float, y: float, text: str, **style: Any) -> Any:
    """Write a text on a map, readable on any ground."""
    kept: dict[str, Any] = {
        "ha": "center",
        "va": "center",
        "fontsize": PLACE_FONT,
        "zorder": 15,
        "clip_on": True,
    }
    return _halo(axes.text(x, y, text, **(kept | style)))
