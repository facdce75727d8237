"""Names in pictures: beside the ends of lines without touching, on maps without leaving them."""

from __future__ import annotations

import pytest

from impetus_sim.report import style
from impetus_sim.report.band_picture import spread_apart
from impetus_sim.report.map_labels import hold_inside


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ([2.0, 5.0, 8.0], [2.0, 5.0, 8.0]),  # room for all
        ([10.0, 10.0, 10.0], [7.5, 8.5, 9.5]),  # all end at the top: packed below it, in their order
        ([0.0, 0.0, 0.0], [0.5, 1.5, 2.5]),  # at the bottom
        ([4.0, 4.2, 9.0], [4.0, 5.0, 9.0]),
    ],
)
def test_names_of_lines_neither_touch_nor_pass_the_top(wanted: list[float], places: list[float]) -> None:
    assert spread_apart(wanted, [0.5] * 3, top=10.0) == pytest.approx(places)


def test_names_stay_on_the_map() -> None:
    axes = style.new_figure(5.0, 5.0).add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0.0, 100.0)
    name = "Via Monte di Piet\N{LATIN SMALL LETTER A WITH GRAVE} end"
    at_edge = hold_inside(axes, 2.0, name, fontsize=style.PLACE_FONT)
    drawn = axes.text(at_edge, 0.5, name, ha="center", fontsize=style.PLACE_FONT)
    assert drawn.get_window_extent().x0 >= 0.0
    assert hold_inside(axes, 50.0, name, fontsize=style.PLACE_FONT) == 50.0
    assert hold_inside(axes, 99.0, name, fontsize=style.PLACE_FONT) == pytest.approx(100.0 - at_edge)
