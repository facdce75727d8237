"""Pictures, brief and commands of a run with traffic."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from click.testing import CliRunner

from impetus_sim.analysis.traffic.diagram import read_areas
from impetus_sim.analysis.traffic.links import compute_link_intervals
from impetus_sim.analysis.traffic.metrics import TRAFFIC_METRICS
from impetus_sim.analysis.traffic.queues import compute_queues
from impetus_sim.analysis.traffic.recorded import read_counts, read_network
from impetus_sim.analysis.traffic.trips import read_trips
from impetus_sim.analysis.traffic.worst import find_interval, find_worst_interval, find_worst_streets
from impetus_sim.cli.animate import animate_command
from impetus_sim.cli.info import info_command
from impetus_sim.cli.run import describe_run, headline
from impetus_sim.engine.record import simulate
from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import ImpetusError, InvalidInputError
from impetus_sim.report import style
from impetus_sim.report.brief.write import render_run_brief
from impetus_sim.report.time_space_picture import plot_time_space
from impetus_sim.report.traffic_picture import plot_traffic, plot_traffic_curves
from impetus_sim.scenario.load import load_scenario

TEXT = """
title: Ten minutes of traffic around Railway Square
map: helsinki_centre
time: {duration: 10 min}
crowd: {focus: {at: Rautatientori, radius: 40 m}}
record: {frame_every: 10 s}
traffic:
  areas:
    Kluuvi: Kluuvi
    square: {at: Rautatientori, radius: 150 m}
    east: {box: [386000, 6671458, 386471, 6673145]}
  demand:
    everyday: {kind: gravity, trips: 1200, end: 8 min, through: 0.6, mean_distance: 600 m}
"""


@pytest.fixture(scope="module")
def jam(tmp_path_factory):
    folder = tmp_path_factory.mktemp("traffic")
    (folder / "traffic.yaml").write_text(TEXT)
    return simulate(load_scenario(folder / "traffic.yaml"), seed=3, path=folder / "run.h5")


def read_texts(figure) -> str:
    from matplotlib.text import Text

    return "\n".join(text.get_text() for text in figure.findobj(Text))


def test_the_run_says_how_many_vehicles_and_what_came_of_them(jam):
    document = describe_run(jam)
    trips = read_trips(jam)
    assert document["agents"] == {"pedestrians": 0, "vehicles": 1200}
    assert set(TRAFFIC_METRICS) <= set(document["metrics"])
    n = int(trips.is_under_way.sum())
    assert n > 0
    arrived = f"{1200 - n:,}".replace(",", " ")
    assert headline(jam) == f"{arrived} of 1 200 vehicles arrived, {n} still under way at 600 s"


def test_trips_are_never_faster_than_on_empty_streets(jam):
    trips = read_trips(jam)
    assert (trips.delay_s[trips.has_arrived] > -1e-3).all()


def test_delay_on_links_and_waiting_adds_up_to_that_of_trips(jam):
    counts = read_counts(jam)
    spent = compute_link_intervals(counts, every_s=60.0).spent_s.sum()
    states = jam.counts()
    waiting = states["vehicles_waiting"].sum() * 10.0
    total = read_trips(jam).time_s.sum()
    assert spent + waiting == pytest.approx(total, rel=0.02)


def test_page_names_the_moment_the_streets_and_the_source(jam):
    counts = read_counts(jam)
    intervals = compute_link_intervals(counts, every_s=300.0)
    worst = find_worst_streets(
        counts.network, intervals, compute_queues(counts), only=find_worst_interval(intervals), most=8
    )
    with style.page_style():
        texts = read_texts(plot_traffic(jam))
        earlier = read_texts(plot_traffic(jam, at_s=30.0, by="queue"))
    for text in (
        "Ten minutes of traffic",
        "the worst moment",
        "OpenStreetMap",
        "traffic lights (83)",
        "over 80 %",
    ):
        assert text in texts
    assert all(street.name in texts for street in worst)
    assert "0:00 to 5:00 min" in earlier
    assert "longest queue, of the street's length" in earlier


def test_worst_streets_come_in_the_order_of_delay(jam):
    counts = read_counts(jam)
    intervals = compute_link_intervals(counts, every_s=300.0)
    worst = find_worst_streets(counts.network, intervals, compute_queues(counts))
    delays = [street.delay_h for street in worst]
    assert delays == sorted(delays, reverse=True)
    assert sum(delays) <= intervals.delay_s.sum() / 3600.0 + 1.0
    assert [find_interval(intervals, t) for t in (0.0, 299.0, 301.0, 9e9)] == [0, 0, 1, 1]


def test_curves_are_drawn_for_every_area_of_the_scenario(jam):
    with style.page_style():
        texts = read_texts(plot_traffic_curves(jam))
    for text in ("arrived, were streets empty", "by area", "square", "east", "density"):
        assert text in texts
    assert "north-west" not in texts


def test_an_area_holds_the_links_whose_middle_lies_in_it(jam):
    network = read_network(jam)
    areas = read_areas(jam, network)
    assert [*areas] == ["Kluuvi", "east", "square"]
    for link, is_in in enumerate(areas["east"]):
        x, y = shapely.LineString(network.line(link)).interpolate(0.5, normalized=True).coords[0]
        assert is_in == (386000 <= x <= 386471 and 6671458 <= y <= 6673145)
    assert 0 < areas["square"].sum() < areas["Kluuvi"].sum() < areas["east"].sum() < len(network)


def test_curves_are_drawn_for_every_quarter_where_no_areas_are_given(jam, monkeypatch):
    monkeypatch.setattr("impetus_sim.report.traffic_picture.read_areas", lambda *_: {})
    with style.page_style():
        texts = read_texts(plot_traffic_curves(jam))
    for text in ("north-west", "south-east", "by quarter of the map"):
        assert text in texts


@pytest.mark.parametrize(
    ("areas", "said"),
    [
        ("{town: Rautatientori2}", "not on the map"),
        ("{street: {line: [[386000, 6672000], [386100, 6672000]]}}", "is no area"),
        ("{room: {box: [386000, 6672000, 386000.1, 6672000.1]}}", "no street for vehicles"),
        ("{" + ", ".join(f"a{k}: Rautatientori" for k in range(8)) + "}", "at most 7"),
    ],
)
def test_areas_that_cannot_be_measured_are_refused(tmp_path, areas, said):
    head, _, rest = TEXT.partition("  areas:\n")
    (tmp_path / "areas.yaml").write_text(f"{head}  areas: {areas}\n  demand:{rest.partition('  demand:')[2]}")
    with pytest.raises(ImpetusError) as caught:
        Simulation(load_scenario(tmp_path / "areas.yaml"), seed=1)
    assert said in f"{caught.value} {getattr(caught.value, 'hint', '')}"
    assert "traffic.areas" in str(caught.value)


def test_brief_has_a_section_of_traffic(jam, tmp_path):
    page = render_run_brief(jam, tmp_path / "brief.html").read_text()
    assert '<h2 id="traffic">' in page
    assert "Streets where vehicles lost most time" in page


def test_commands_draw_and_describe(jam, tmp_path):
    target = tmp_path / "map.png"
    drawn = CliRunner().invoke(
        animate_command, [str(jam.path), "--traffic", "--at", "400", "-o", str(target)]
    )
    assert drawn.exit_code == 0, drawn.output
    assert target.read_bytes().startswith(b"\x89PNG")
    shown = CliRunner().invoke(info_command, [str(jam.path), "--json"])
    traffic = json.loads(shown.output)["traffic"]
    assert traffic["vehicles"] == 1200
    assert traffic["signals"] == 83
    assert traffic["trip time, 5 % s"] <= traffic["trip time, mean s"] <= traffic["trip time, 95 % s"]
    assert traffic["under way, counted up to s"] == 600.0


@pytest.mark.parametrize(
    "options", [["--traffic", "--streets"], ["--streets", "--at", "3"], ["--by", "queue"]]
)
def test_options_that_do_not_go_together_are_refused(jam, tmp_path, options):
    outcome = CliRunner().invoke(animate_command, [str(jam.path), *options, "-o", str(tmp_path / "x.png")])
    assert isinstance(outcome.exception, InvalidInputError)


def test_a_run_without_vehicles_has_no_map_of_traffic(square, tmp_path):
    outcome = CliRunner().invoke(
        animate_command, [str(square.path), "--traffic", "-o", str(tmp_path / "x.png")]
    )
    assert isinstance(outcome.exception, InvalidInputError)
    assert "no vehicles" in str(outcome.exception)


def test_time_space_diagram_says_street_direction_and_units(jam):
    with style.page_style():
        figure = plot_time_space(jam, "Unioninkatu")
    texts = read_texts(figure)
    assert "Unioninkatu: every vehicle over time" in texts
    assert "distance along the street, m" in texts and "time since the start, minutes" in texts
    (axes,) = figure.axes
    drawn = np.concatenate([piece for lines in axes.collections for piece in lines.get_segments()])
    low, high = axes.get_ylim()
    assert len(drawn) > 100 and drawn[:, 1].min() >= low and drawn[:, 1].max() <= high + 0.1
    # nobody drives backwards, nor faster than the fastest limit of the map
    pieces = np.array([piece for lines in axes.collections for piece in lines.get_segments()])
    speed = np.diff(pieces[:, :, 1])[:, 0] / np.diff(pieces[:, :, 0])[:, 0]
    assert speed.min() >= 0.0 and speed.max() <= jam.static("drive_links")["speed_m_s"].max() + 0.1


def test_time_space_diagram_of_no_street_is_refused_with_the_nearest(jam):
    with pytest.raises(InvalidInputError, match="Unioninkat"):
        plot_time_space(jam, "Unioninkat")


def test_street_goes_with_traffic_alone(jam, tmp_path):
    out = str(tmp_path / "x.png")
    run = CliRunner()
    drawn = run.invoke(animate_command, [str(jam.path), "--traffic", "--street", "Unioninkatu", "-o", out])
    assert drawn.exit_code == 0 and (tmp_path / "x.png").stat().st_size > 10_000
    for options in (["--street", "Unioninkatu"], ["--traffic", "--street", "Unioninkatu", "--at", "60"]):
        refused = run.invoke(animate_command, [str(jam.path), *options, "-o", out])
        assert isinstance(refused.exception, InvalidInputError)
