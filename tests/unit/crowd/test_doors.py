"""Doors let through what they are set to, and people beyond them still count."""

from __future__ import annotations

import numpy as np
import pytest

DOOR = "east"
"""Everybody leaves by this one: of two doors one runs dry before the other, and passes less than it could."""


@pytest.fixture
def crowded(room):
    """Return a scenario builder: 120 people leave a room by one door."""

    def build(**crowd):
        scenario = room()
        changes = {f"crowd.{key}": value for key, value in crowd.items()}
        return scenario.with_(
            **changes,
            **{
                "time.duration": 200.0,
                "crowd.populations": {
                    "all": {
                        "count": 120,
                        "at": {"box": [1, 1, 11, 7]},
                        "activity": "leave",
                        "exits": [DOOR],
                    }
                },
                "hazards": {},
                "interventions": {},
            },
        )

    return build


def flow_of(simulation) -> float:
    """Return the people per second and metre while the 20th to the 100th leave: the slope of their line.

    Up to three cross in one step and the line then rests as long as they are worth; first and last alone would
    count one such row more or less.
    """
    simulation.run_until(200.0)
    ticks = np.sort(simulation.crowd.people.left_tick[simulation.crowd.people.left_tick >= 0])
    ground = simulation.world.ground
    width = ground.exit_width_m(ground.exit_names.index(DOOR))
    per_person_s = np.polyfit(np.arange(81), ticks[20:101] * simulation.world.seconds(1), 1)[0]
    return 1.0 / (per_person_s * width)


@pytest.mark.parametrize(
    ("capacity", "step"),
    [
        pytest.param(0.5, 0.05, marks=pytest.mark.slow),
        (1.0, 0.05),
        pytest.param(1.0, 0.02, marks=pytest.mark.slow),
    ],
)
def test_the_capacity_of_a_door_is_kept_with_every_step(crowded, start, capacity, step):
    flows = [
        flow_of(start(crowded(door_capacity=capacity, step=step), seed=seed, until=0.0))
        for seed in range(1, 5)
    ]
    assert np.mean(flows) == pytest.approx(capacity, rel=0.01), flows


def test_people_beyond_a_door_slow_those_behind(crowded, start):
    free = flow_of(start(crowded(door_capacity=100.0, beyond_exits=0.0), until=0.0))
    slowed = flow_of(start(crowded(door_capacity=100.0, beyond_exits=1.5), until=0.0))
    assert slowed < 0.85 * free


def test_who_has_left_is_not_inside_and_walks_on_for_a_moment(crowded, start):
    simulation = start(crowded(), until=12.0)
    people, world = simulation.crowd.people, simulation.world
    beyond = np.flatnonzero(people.beyond_tick > world.tick)
    assert len(beyond) and not np.isin(beyond, simulation.crowd.inside).any()
    before = people.x[beyond].copy()
    simulation.run_until(12.5)
    assert (np.abs(people.x[beyond] - before) > 0.05).any()
