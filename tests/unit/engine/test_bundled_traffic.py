"""The bundled scenario with traffic: it is valid on its map, runs, and its variants change what they say."""

from __future__ import annotations

from click.testing import CliRunner

from impetus_sim.cli.validate import validate_command
from impetus_sim.engine.record import simulate
from impetus_sim.maps.bundled import bundled_folder
from impetus_sim.scenario.load import load_scenario

FILE = bundled_folder("scenarios") / "demo" / "railway_square_traffic.yaml"


def test_it_is_valid_on_its_map():
    said = CliRunner().invoke(validate_command, [str(FILE)])
    assert said.exit_code == 0, said.output


def test_streets_close_and_trips_are_given_up():
    # the first ten minutes in which streets are closed, everything moved forward
    early = {
        "time.duration": 240.0,
        "interventions.closed.at_time": 60.0,
        "traffic.emergency.from_north.start": 90.0,
        "traffic.emergency.from_south.start": 90.0,
    }
    base = simulate(load_scenario(FILE).with_(**early), seed=1, check=True)
    given_up = {"traffic.background.start": 60.0, "traffic.background.over": 60.0}
    home = simulate(load_scenario(f"{FILE}:stay_home").with_(**early, **given_up), seed=1, check=True)
    assert {"road_closed"} <= set(base.events_frame()["kind"])
    cancelled = [int(run.counts()["vehicles_cancelled"][-1]) for run in (base, home)]
    n = len(base.static("vehicles")["uid"])
    assert cancelled[0] == 0 and 0.4 * n < cancelled[1] < 0.65 * n
