"""Each hazard: what it writes, when, and how it ends."""

import pytest


@pytest.fixture
def run(room, start):
    def go(until, **hazards):
        return start(room({"hazards": hazards}), until=until)

    return go


def kinds(rows):
    return [(row["tick"], row["kind"]) for row in rows]


def test_shots_are_heard_one_by_one_and_the_threat_ends(run, events_of):
    shots = {"kind": "shots", "at": {"xy": [3, 4]}, "start": 1, "count": 3, "interval": 0.5, "lasts": 4}
    simulation = run(10, bang=shots)
    assert kinds(events_of(simulation)) == [(100, "shot"), (150, "shot"), (200, "shot"), (600, "threat_over")]
    assert len(simulation.world.stimuli) == 3
    assert simulation.world.threats.is_active.tolist() == [0]
    assert [row["causes"] for row in events_of(simulation)] == [[], [0], [1], [2]]


def test_a_brawl_is_noticed_again_until_it_ends(run, events_of):
    simulation = run(15, row={"kind": "brawl", "at": {"xy": [3, 4]}, "start": 1, "lasts": 11})
    assert kinds(events_of(simulation)) == [(100, "brawl"), (1200, "threat_over")]
    assert simulation.world.stimuli.tick.tolist() == [100, 600, 1100]
    assert set(simulation.world.stimuli.cause) == {0}


def test_smoke_emits_while_it_lasts_then_only_thins(run, events_of):
    source = {"kind": "smoke", "at": {"xy": [3, 4]}, "start": 1, "lasts": 3, "rate": 2.0}
    early, late = run(5, fumes=source), run(15, fumes=source)
    assert kinds(events_of(late)) == [(100, "smoke"), (400, "smoke_source_out")]
    emitted = early.world.smoke.extinction.sum() * early.world.smoke.cell**2
    assert 5.5 < emitted < 6.0  # three emissions of 2 m2, thinned by a few per cent
    assert late.world.smoke.extinction.sum() < early.world.smoke.extinction.sum()


def test_a_false_alarm_threatens_nobody(run, events_of):
    simulation = run(10, cry={"kind": "false_alarm", "at": {"xy": [6, 2]}, "start": 1, "believed_share": 1.0})
    assert kinds(events_of(simulation)) == [(100, "false_alarm")]
    assert len(simulation.world.threats) == 0
    assert (simulation.crowd.people.aware_tick == 100).all()
    assert simulation.crowd.counts()["left"] > 0


def test_a_hazard_at_the_very_start_acts_at_tick_0(run, events_of):
    simulation = run(
        0.0, cry={"kind": "false_alarm", "at": {"xy": [6, 2]}, "start": 0, "believed_share": 1.0}
    )
    assert kinds(events_of(simulation)) == [(0, "false_alarm")]
    assert (simulation.crowd.people.aware_tick == 0).all()


def test_off_the_step_it_is_noticed_at_the_next_step(run):
    simulation = run(
        1.01, cry={"kind": "false_alarm", "at": {"xy": [6, 2]}, "start": 1.01, "believed_share": 1.0}
    )
    assert len(simulation.world.stimuli) == 1
    assert (simulation.crowd.people.aware_tick == -1).all()
    simulation.run_until(1.05)
    assert (simulation.crowd.people.aware_tick == 101).all()


def test_nothing_is_written_before_its_time(run):
    simulation = run(3, late={"kind": "shots", "at": {"xy": [3, 4]}, "start": 15})
    world = simulation.world
    tables = [world.threats, world.stimuli, world.orders, world.events, simulation.hazards.table]
    assert all(len(table) == 0 for table in tables)


def test_the_place_of_an_area_is_inside_it(run):
    simulation = run(2, cry={"kind": "shots", "at": {"box": [2, 2, 4, 6]}, "start": 1})
    x, y = simulation.world.threats.x[0], simulation.world.threats.y[0]
    assert 2 < x < 4 and 2 < y < 6
