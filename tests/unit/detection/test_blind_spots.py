"""Which sensors should have seen it first and could not."""

from types import SimpleNamespace

import numpy as np

from impetus_sim.detection.blind_spots import log_blind_spots
from impetus_sim.world.assets import asset_states_table
from impetus_sim.world.streams import Streams


def make_world(*, level, has_view):
    states = asset_states_table(len(level))
    states.level[:], states.has_view[:], states.cause[:] = level, has_view, range(100, 100 + len(level))
    logged = []

    def log(kind, subject, **more):
        logged.append((kind, subject, more["causes"]))
        return len(logged) - 1

    return SimpleNamespace(asset_states=states, log=log), logged


def make_streams(x, asset, reports_outage):
    n = len(x)
    return Streams(
        ids=tuple(f"s{k}" for k in range(n)),
        kinds=("people_in_view",) * n,
        units=("{people}",) * n,
        x=np.array(x, float),
        y=np.zeros(n),
        every_s=np.ones(n),
        asset=np.array(asset),
        reports_outage=np.array(reports_outage),
    )


def test_silent_sensors_near_by_are_named_the_nearest_first():
    streams = make_streams([0, 30, 10, 20, 500], [0, 1, 2, -1, 3], [False] * 5)
    world, logged = make_world(level=[1, 0, 0, 0], has_view=[1, 1, 1, 1])
    assert log_blind_spots(world, streams, np.arange(5), 0) == [0, 1]
    assert logged == [("not_seen", "s2", [102]), ("not_seen", "s1", [101])]


def test_who_cannot_be_heard_is_silent_and_who_reports_an_outage_is_not():
    streams = make_streams([0, 10, 20, 30], [0, 1, 2, 3], [False, False, True, True])
    world, logged = make_world(level=[1, 1, 0, 0], has_view=[1, 0, 1, 0])
    log_blind_spots(world, streams, np.arange(4), 0)
    assert [subject for _, subject, _ in logged] == ["s1", "s3"]


def test_without_assets_everybody_can_speak():
    streams = make_streams([0, 10], [-1, -1], [False, False])
    assert log_blind_spots(SimpleNamespace(asset_states=None), streams, np.arange(2), 0) == []
