"""The clock and the loop: phases, jumps, ends, zero people, threads, and what the digest sees."""

import logging

import numpy as np
import pytest

from impetus_sim.engine.simulation import Simulation
from impetus_sim.errors import RunFailedError
from impetus_sim.world.phases import Phase

LEAVE = {
    "crowd": {"populations": {"guests": {"activity": "leave", "premovement": "none"}}},
    "time": {"duration": 60},
}
NOBODY = {"crowd": {"populations": None}}


def test_phases_in_order():
    assert [phase.name for phase in Phase] == [
        "MOVE", "HAZARDS", "SENSING", "DETECTION", "PROCESSES",
        "DECISIONS", "INTERVENTIONS", "INFRASTRUCTURE", "COUPLINGS", "RECORD",
    ]  # fmt: skip


def test_ends_when_everybody_has_left_and_chains_that_moment(room, start):
    ticks = []
    simulation = start(room(LEAVE))
    simulation.run_until(60, after_tick=lambda s: ticks.append(s.tick))
    assert simulation.is_over and 500 < simulation.tick < 6000
    assert simulation.crowd.counts()["inside"] == 0
    assert ticks == sorted(set(ticks)) and ticks[0] == 0
    value = simulation.digest.value
    simulation.run_until(60)
    assert simulation.digest.value == value


def test_nobody_at_all(room, start):
    simulation = start(room(NOBODY), until=20)
    assert simulation.tick == 2000
    assert simulation.crowd.counts()["entered"] == 0
    assert start(room({"crowd": {"populations": {"guests": {"count": 0}}}}), until=20).tick == 2000


def test_ticks_in_which_nothing_is_due_are_jumped(room, start):
    ticks = []
    slow = {
        "crowd": {"step": 0.25},
        "hazards": {"cry": {"kind": "false_alarm", "at": {"xy": [6, 2]}, "start": 1.01}},
    }
    start(room(slow)).run_until(2, after_tick=lambda s: ticks.append(s.tick))
    assert ticks == [0, 25, 50, 75, 100, 101, 125, 150, 175, 200]


def test_stops_in_between_change_nothing(eventful, start):
    whole = start(eventful(), until=20)
    halting = start(eventful())
    for until in [0.0, 0.01, 0.33, 2.0, 2.0, 1.0, 7.31, 7.32, 19.999, 20.0]:
        halting.run_until(until)
    assert halting.digest.parts == whole.digest.parts


def test_checks_do_not_change_the_run(eventful):
    digests = []
    for check in (False, True):
        simulation = Simulation(eventful(), seed=3, check=check)
        simulation.run_until(10)
        digests.append(simulation.digest.value)
    assert digests[0] == digests[1]


def test_seeds_and_replicates_differ(room, start):
    values = {start(room(), seed=s, replicate=r, until=2).digest.value for s, r in [(1, 0), (2, 0), (1, 1)]}
    assert len(values) == 3


def test_more_threads_than_cores_warn_and_run(room, start, caplog):
    logging.getLogger("impetus_sim").propagate = True
    with caplog.at_level(logging.WARNING, "impetus_sim"):
        simulation = start(room(), threads=256, until=1)
    assert "256 threads asked" in caplog.text
    assert simulation.threads < 256


def test_every_bit_of_every_column_is_in_the_digest(eventful, start):
    simulation = start(eventful(), until=9)
    checkpoint = simulation.capture()

    def digest_with(flip):
        simulation.take_over(checkpoint)
        flipped = []
        for table in (t for tables in simulation.tables.values() for t in tables):
            for name, column in table.columns.items():
                if (table.name, name) == flip:
                    flipped.append(column.reshape(-1).view(np.uint8))
                    flipped[0][-1] ^= 1
        simulation.digest.update(simulation.tick, simulation.tables)
        for bits in flipped:
            bits[-1] ^= 1
        return simulation.digest.value

    places = [(t.name, n) for ts in simulation.tables.values() for t in ts for n in t.columns if len(t)]
    assert len(places) > 70
    values = {digest_with(place) for place in [*places, None]}
    assert len(values) == len(places) + 1


def test_a_number_that_is_not_finite_stops_the_run(room, start):
    simulation = start(room(), until=1)
    simulation.crowd.people.vx[3] = np.nan
    simulation.crowd.people.x[3] = np.nan
    with pytest.raises(RunFailedError, match=r"'x' of person \d+ is not finite"):
        simulation.crowd.check_finite()


@pytest.mark.parametrize(
    ("column", "value", "law"),
    [("x", 40.0, "off the walkable ground"), ("state", 3, ""), ("state", 2, "exits counted")],
)
def test_broken_laws_are_named(room, start, column, value, law):
    from impetus_sim.crowd.checks import require_laws

    simulation = start(room(), until=1)
    simulation.crowd.people.columns[column][3] = value
    simulation.crowd.refresh()
    if not law:  # taken out: still accounted for
        require_laws(simulation.crowd)
        return
    with pytest.raises(RunFailedError, match=f"at 1 s: .*{law}"):
        require_laws(simulation.crowd)


def test_live_access(room, start):
    simulation = start(room(LEAVE), until=3)
    crowd = simulation.crowd
    assert crowd.positions.shape == (crowd.n_inside, 2)
    assert crowd.people.agg("x", np.mean, crowd.people.state == 1) == pytest.approx(
        crowd.positions[:, 0].mean()
    )
    assert crowd.people.select(crowd.people.state == 1).tolist() == crowd.inside.tolist()


def test_a_warm_up_compiles_every_kernel(tmp_path):
    """Whatever a run may call has been compiled, so that no worker and no timed run compiles again."""
    import os
    import subprocess
    import sys

    script = """
import importlib, pkgutil, pathlib
from impetus_sim.engine import warmup
from impetus_sim.kernels.compile import marker
is_warm, warmup.is_warm = warmup.is_warm, lambda: False
marker(warmup.READY).unlink(missing_ok=True)
warmup.warm_up()
assert is_warm()
from impetus_sim.kernels.compile import kernel_sources
import impetus_sim
root = pathlib.Path(impetus_sim.__file__).parent
for path in kernel_sources():
    left_out = {"models", "verification", *warmup.PACKAGES_COMPILED_WHEN_USED}
    if path.stem in ("__init__", *warmup.COMPILED_WHEN_USED) or left_out & set(path.relative_to(root).parts):
        continue
    name = ".".join(("impetus_sim", *path.relative_to(root).with_suffix("").parts))
    module = importlib.import_module(name)
    for key, thing in vars(module).items():
        if hasattr(thing, "signatures") and thing.py_func.__module__ == name and not key.startswith("_"):
            if not thing.signatures:
                print(name, key)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={**os.environ}
    )
    never = {line.split()[1] for line in done.stdout.splitlines()}
    called_by_kernels = {
        "philox4x32", "draw_uniforms", "draw_normals", "cross", "segments_cross", "distance_to_segment",
        "nearest_on_segment", "is_free", "blocking_wall", "crossed_exit", "is_in_sight", "cost_at",
        "is_clear", "unlink", "is_straight", "is_even", "nearest_on_line", "room_at",
        "through_line",
    }  # fmt: skip
    built_before = {"march", "fill_directions"}  # when the warm-up's own fields are stored already
    assert never <= called_by_kernels | built_before
