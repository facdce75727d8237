"""Films: their moments, where everything is at them, what is painted, and that they open."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from impetus_sim.analysis.moving.find import find_moving
from impetus_sim.analysis.moving.window import NOT_THERE, Window
from impetus_sim.cli.animate import _FILMS, animate_command
from impetus_sim.errors import InvalidInputError
from impetus_sim.report.film.encode import SUFFIXES
from impetus_sim.report.film.film import Film, save_still
from impetus_sim.report.film.paint import paint_marks
from impetus_sim.report.film.stage import fit_view
from impetus_sim.report.film.timing import FARTHEST_M, WANTED_S, places_at, plan_timing


class Walkers:
    """Two things over four frames, one of which jumps and one of which is not always there."""

    times_s = np.array([0.0, 1.0, 2.0, 3.0])

    def window(self, frames: range) -> Window:
        x = np.array([[0.0, 10.0], [2.0, 10.0 + 2 * FARTHEST_M], [4.0, 60.0], [6.0, 60.0]])
        state = np.array([[1, 2], [1, 2], [3, NOT_THERE], [3, 2]], np.uint8)
        rows = list(frames)
        return Window(
            times_s=self.times_s[rows],
            ids=np.arange(2, dtype=np.int32),
            x=x[rows],
            y=0 * x[rows],
            state=state[rows],
        )


def test_places_between_frames_are_interpolated_and_jumps_are_not() -> None:
    found = list(places_at(Walkers(), np.array([0.0, 0.25, 1.5, 2.5, 3.0])))
    assert [x.tolist() for x, _, _ in found] == [
        [0.0, 10.0],
        [0.5, 10.0],
        [3.0, 10.0 + 2 * FARTHEST_M],
        [5.0],
        [6.0, 60.0],
    ]
    assert found[3][2].tolist() == [3]


def test_a_film_ends_with_the_recording_and_lasts_no_longer_than_wanted() -> None:
    recording = SimpleNamespace(recorded_until_s=900.0)
    timing = plan_timing(recording, fps=20)
    assert timing.speed == 20.0
    assert timing.film_s <= WANTED_S + 1 / 20
    assert timing.times_s[-1] == 900.0
    part = plan_timing(recording, fps=10, speed=2.0, from_s=10.0, to_s=20.0)
    assert (part.times_s[0], part.times_s[-1], len(part)) == (10.0, 20.0, 51)
    for from_s, to_s in ((20.0, 10.0), (-1.0, 5.0), (0.0, 901.0)):
        with pytest.raises(InvalidInputError, match="not possible"):
            plan_timing(recording, fps=10, from_s=from_s, to_s=to_s)


def test_marks_stay_in_their_box_and_later_ones_lie_on_top() -> None:
    picture = np.zeros((20, 20, 3), np.uint8)
    colours = np.array([[255, 0, 0], [0, 255, 0]], np.uint8)
    paint_marks(picture, np.array([5.0, 6.0]), np.array([5.0, 5.0]), colours, box=(5, 0, 20, 20), radius=2.0)
    assert not picture[:, :5].any()
    assert picture[5, 6].tolist() == [0, 255, 0]
    square = np.zeros((9, 9, 3), np.uint8)
    paint_marks(
        square, np.array([4.0]), np.array([4.0]), colours[:1], box=(0, 0, 9, 9), radius=1.0, shape="square"
    )
    assert int((square[..., 0] > 0).sum()) == 9


def test_a_view_is_widened_never_cut() -> None:
    assert fit_view((0.0, 10.0, 0.0, 10.0), aspect=2.0) == (-5.0, 15.0, 0.0, 10.0)
    assert fit_view((0.0, 40.0, 0.0, 10.0), aspect=2.0) == (0.0, 40.0, -5.0, 15.0)


def test_a_still_shows_as_many_dots_as_people(square, tmp_path: Path) -> None:
    film = Film(square, speed=0.0)
    image = np.asarray(next(film.pictures(np.array([0.0]))))
    left, top, right, bottom = film._stage.map_box
    changed = (image != film._stage.pixels).any(axis=2)[top:bottom, left:right]
    (people,) = [kind for kind in find_moving(square) if kind.key == "people"]
    x, _, _ = next(places_at(people, np.array([0.0])))
    assert 0 < changed.sum() <= len(x) * 150
    with pytest.raises(InvalidInputError, match="nothing was recorded"):
        save_still(square, tmp_path / "x.png", at_s=1e6)


def test_animate_writes_a_gif_that_holds_the_colours_of_all_states(square, tmp_path: Path) -> None:
    from PIL import Image

    output = tmp_path / "x.gif"
    arguments = [
        str(square.path),
        "-o",
        str(output),
        "--from",
        "0",
        "--to",
        "40",
        "--speed",
        "20",
        "--fps",
        "2",
    ]
    result = CliRunner().invoke(animate_command, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "20 times as fast" in result.output
    with Image.open(output) as film:
        assert (film.n_frames, film.size) == (5, (960, 540))
        film.seek(4)
        found = {tuple(colour) for row in np.asarray(film.convert("RGB")).tolist() for colour in row}
    assert (163, 18, 58) in found  # the threat, which the first picture does not have
    assert not list(tmp_path.glob(".x*"))


def test_animate_writes_an_mp4(square, tmp_path: Path) -> None:
    ffmpeg = pytest.importorskip("imageio_ffmpeg", reason="needs the extra video")
    output = tmp_path / "x.mp4"
    arguments = [str(square.path), "-o", str(output), "--to", "20", "--speed", "20", "--fps", "4"]
    result = CliRunner().invoke(animate_command, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    frames = ffmpeg.read_frames(str(output))
    about = next(frames)
    frames.close()
    assert about["size"] == (1280, 720)


def test_options_of_films_and_pictures_are_not_mixed(square, tmp_path: Path) -> None:
    assert _FILMS == SUFFIXES
    for name, *options in (
        ("x.gif", "--traffic"),
        ("x.gif", "--at", "3"),
        ("x.png", "--speed", "2"),
        ("x.png", "--whole"),
        ("x.png", "--at", "3", "--streets"),
    ):
        with pytest.raises(InvalidInputError):
            CliRunner().invoke(
                animate_command,
                [str(square.path), "-o", str(tmp_path / name), *options],
                catch_exceptions=False,
                standalone_mode=False,
            )
