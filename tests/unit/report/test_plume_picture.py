"""The page of where a plume went."""

import numpy as np
import pytest

from impetus_sim.analysis.plume_classes import PLUME_FIELD as FIELD
from impetus_sim.engine.record import simulate
from impetus_sim.errors import InvalidInputError
from impetus_sim.report.plume_picture import plot_plume, save_plume_picture

GAS = {
    "weather": {"wind_speed": 1.0},
    "hazards": {
        "gas": {"kind": "plume", "at": {"xy": [2, 4]}, "start": 1, "mass": 4, "substance": "ammonia"}
    },
}


@pytest.fixture(scope="module")
def recording(room, tmp_path_factory):
    return simulate(room(GAS), seed=1, path=tmp_path_factory.mktemp("plume") / "run.h5")


def test_the_field_is_there_on_its_grid(recording):
    grid = recording.static("plume_grid")
    values = recording.field(FIELD, t_s=10.0)
    assert values.max() > 1.0
    row, column = np.unravel_index(np.argmax(values), values.shape)
    x = float(grid["x0"]) + (column + 0.5) * float(grid["cell_m"])
    y = float(grid["y0"]) + (row + 0.5) * float(grid["cell_m"])
    assert (x, y) == pytest.approx((2.0 + 9.0, 4.0), abs=2.0)  # nine seconds downwind of the source


def test_the_picture_is_written_whole_and_of_a_moment(recording, tmp_path):
    assert save_plume_picture(recording, tmp_path / "all.png").stat().st_size > 10_000
    figure = plot_plume(recording, at_s=10.0)
    assert any("after 10 s" in text.get_text() for text in figure.texts)


def test_a_run_without_a_plume_is_refused(room, tmp_path):
    plain = simulate(room(), seed=1, path=tmp_path / "run.h5")
    with pytest.raises(InvalidInputError, match="has no plume"):
        plot_plume(plain)
