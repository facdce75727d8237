"""Pictures: they are drawn once each, are PNGs of the right size, and say what they should."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from click.testing import CliRunner

from impetus_sim.analysis.people import read_people
from impetus_sim.cli.animate import animate_command
from impetus_sim.errors import InvalidInputError
from impetus_sim.report import style
from impetus_sim.report.picture import choose_marks, plot_run, tile_texts
from impetus_sim.report.scene import read_scene
from impetus_sim.report.situation import plot_situation
from impetus_sim.report.trajectories import collect_trajectories


def read_texts(figure) -> str:
    from matplotlib.text import Text

    return "\n".join(text.get_text() for text in figure.findobj(Text))


def read_png_size(data: bytes) -> tuple[int, int]:
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def test_picture_of_a_run_says_where_when_and_how_much(square) -> None:
    with style.page_style():
        figure = plot_run(square)
        texts = read_texts(figure)
    for text in (
        "Shots on the market square",
        "Old Town (sketch)  ·  800 people",
        "seed 7, replicate 0",
        "clearance time",
        "people/m²",
        "North Gate",
        "shots, 20 s",
        "3  45 s  warning (loudspeakers)",
        "10 m",
        "OpenStreetMap contributors",
        "One run shows",
    ):
        assert text in texts


def test_animate_writes_a_png_and_the_same_one_again(square, tmp_path: Path) -> None:
    outputs = [tmp_path / "a.png", tmp_path / "b.png"]
    for output in outputs:
        result = CliRunner().invoke(
            animate_command, [str(square.path), "-o", str(output)], catch_exceptions=False
        )
        assert result.exit_code == 0
    first, second = (output.read_bytes() for output in outputs)
    assert first == second
    assert read_png_size(first) == (2100, 1440)


@pytest.mark.parametrize(
    ("output", "message"),
    [("x.webm", "MP4 or GIF"), ("x.jpg", "PNG"), ("none/x.png", "there is no folder")],
)
def test_animate_refuses_before_it_computes(square, tmp_path: Path, output: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message) as caught:
        animate_command.main([str(square.path), "-o", str(tmp_path / output)], standalone_mode=False)
    assert caught.value.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_situation_labels_exits_with_people_out(square) -> None:
    with style.page_style():
        figure = plot_situation(square, read_scene(square), t_s=60.0)
        texts = read_texts(figure)
    assert "1:00 min: " in texts
    assert "Mill Lane: " in texts
    assert "aware of danger: " in texts


def test_trajectories_are_an_even_sample_in_order(square) -> None:
    trajectories = collect_trajectories(square, n=10)
    assert [trajectory.row for trajectory in trajectories] == sorted({t.row for t in trajectories})
    assert len(trajectories) == 10
    person = trajectories[3]
    left_s = read_people(square).left_tick[person.row] * 0.01
    assert len(person.points) == pytest.approx(left_s / 0.5, abs=2)


def test_run_without_anything_is_still_a_picture(tmp_path: Path) -> None:
    from impetus_sim.recording.header import Header
    from impetus_sim.recording.reader import open_recording
    from impetus_sim.recording.writer import RecordingWriter

    writer = RecordingWriter.create(tmp_path / "empty.h5", Header(attributes={"title": "Nothing"}))
    writer.finish(tables={}, summary={})
    recording = open_recording(tmp_path / "empty.h5")
    with style.page_style():
        data = style.to_png(plot_run(recording))
    assert read_png_size(data) == (2100, 1440)


def test_marks_are_the_first_of_each_kind(square) -> None:
    from impetus_sim.analysis.causes import read_trace

    events = list(read_trace(square).events.values())
    assert [event.id for event in choose_marks([*events, *events])] == [1, 2, 3]


def test_tiles_say_what_is_not_known() -> None:
    from impetus_sim.analysis.metric import Metric

    assert tile_texts(Metric(name="x", value=None, note="nobody left")) == ("\u2013", "nobody left")
    censored = Metric(name="x", value=1800.0, unit="s", is_censored=True, note="37 inside")
    assert tile_texts(censored) == ("> 30:00 min", "37 inside")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (45, "s", "45 s"),
        (12.34, "s", "12.3 s"),
        (59.6, "s", "59.6 s"),
        (125, "s", "2:05 min"),
        (90, "person-s", "90 person-seconds"),
        (8400, "person-s", "140 person-minutes"),
        (72000, "person-s", "20 person-hours"),
        (5.9, "people/m²", "5.9 people/m²"),
    ],
)
def test_quantities_as_people_say_them(value: float, unit: str, text: str) -> None:
    assert style.format_quantity(value, unit) == text


@pytest.mark.parametrize(("duration_s", "step_s"), [(5, 1), (60, 10), (300, 60), (1800, 300), (86400, 10800)])
def test_time_axes_have_few_round_steps(duration_s: float, step_s: float) -> None:
    assert style.choose_time_step(duration_s) == step_s
    assert duration_s / step_s <= 8


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted([luminance(first), luminance(second)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [style.INK, style.MUTED, style.EXIT, style.THREAT])
def test_text_colours_reach_wcag_aa(colour: str) -> None:
    assert contrast(colour, style.PAPER) >= 4.5


def test_density_steps_get_darker_towards_and_beyond_danger() -> None:
    steps = [luminance(colour) for colour in style.DENSITY_COLOURS]
    danger = style.DENSITY_EDGES.index(style.DANGER)
    assert steps[:danger] == sorted(steps[:danger], reverse=True)
    assert steps[danger:] == sorted(steps[danger:], reverse=True)


def test_hazards_without_reach_are_marked_from_their_first_event(square) -> None:
    (threat,) = read_scene(square).threats
    assert (threat.name, threat.t_s, threat.danger_m) == ("shots", 20.0, 9.0)


def test_the_busiest_exits_have_their_own_colour() -> None:
    colours = style.assign_exit_colours([5, 100, *[1] * 10])
    assert colours[1] == style.EXIT_COLOURS[0]
    assert colours[0] == style.EXIT_COLOURS[1]
    assert len(set(colours)) == len(style.EXIT_COLOURS) + 1
    assert colours[-1] == style.QUIET_EXIT


@pytest.mark.parametrize(("width", "is_tall"), [(30.0, True), (60.0, False), (200.0, False)])
def test_layout_keeps_every_part_on_the_page(width: float, is_tall: bool) -> None:
    from impetus_sim.analysis.ground import Backdrop, Ground
    from impetus_sim.report.picture import choose_layout
    from impetus_sim.report.scene import Scene

    view = (0.0, width, 0.0, 50.0)
    scene = Scene(ground=Ground(polygon=None), backdrop=Backdrop(), threats=(), view=view, credit="")
    layout = choose_layout(scene)
    assert (layout.density[3] == layout.paths[3]) == is_tall
    for left, bottom, wide, high in (layout.density, layout.paths, layout.curve):
        assert left > 0
        assert bottom > 0
        assert wide > 0.1
        assert left + wide < 0.98
        assert bottom + high < 0.8
