"""Colours of states and events that people who see colours differently can tell apart.

Source: Okabe and Ito (2008), Color Universal Design, and its extension by greys.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from impetus_sim.analysis.moving.base import StateMark

BLACK: Final = "#000000"
ORANGE: Final = "#e69f00"
SKY: Final = "#56b4e9"
GREEN: Final = "#009e73"
YELLOW: Final = "#f0e442"
BLUE: Final = "#0072b2"
VERMILION: Final = "#d55e00"
PURPLE: Final = "#cc79a7"
GREY: Final = "#8d949b"

_ORDER: Final = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW, GREY, BLACK)
_KNOWN: Final = {
    # people
    "standing": BLUE,
    "walking to place": SKY,
    "aware, not yet moving": ORANGE,
    "leaving": GREEN,
    "held back": PURPLE,
    # vehicles
    "on_links": BLUE,
    "waiting": ORANGE,
    "abandoned": VERMILION,
    "held": PURPLE,
}


_LABELS: Final = {"on_links": "on the road", "at_stop": "at a stop", "on_scene": "at the scene"}
"""Where a name alone would not be understood."""


def colour_states(names: Sequence[str]) -> dict[int, StateMark]:
    """Return how each state is shown, by code; names without a fixed colour take the palette in order."""
    marks = {}
    for code, name in enumerate(names):
        colour = _KNOWN.get(name, _ORDER[code % len(_ORDER)])
        marks[code] = StateMark(name=name, label=_LABELS.get(name, name.replace("_", " ")), colour=colour)
    return marks
