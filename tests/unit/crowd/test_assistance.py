"""Helpers: who needs one waits, helpers come round corners, both move at the assisted speed."""

import numpy as np

from impetus_sim.crowd.assistance import Assistance
from impetus_sim.crowd.population import INSIDE, LEFT

HALL = {
    "kind": "room", "width": 30, "depth": 10, "exits": [{"name": "door", "wall": "east", "width": 2.0}],
    "obstacles": [[12, 2, 13, 10]],
}  # fmt: skip


def ward(room, *, helpers, n_staff, patients=1):
    patient = {
        "count": patients,
        "at": {"box": [1, 6, 9, 9]},
        "profiles": "wheelchair_user",
        "activity": "leave",
    }
    patient["assistance"] = {"helpers": helpers, "by": "staff", "speed": 0.6}
    staff = {"count": n_staff, "at": {"box": [15, 6, 20, 9]}, "profiles": "adult"}
    return room(
        {"map": {"synthetic": HALL}, "time": {"duration": 120}},
        {"crowd": {"populations": {"guests": None, "patients": patient, "staff": staff}}},
    )


def rows_of(simulation, name):
    return np.flatnonzero(
        simulation.crowd.people.population == simulation.crowd.roster.populations.index(name)
    )


def test_the_person_waits_until_all_helpers_have_come(room, start):
    simulation = start(ward(room, helpers=2, n_staff=3))
    help_, p = (
        next(b for b in simulation.crowd.behaviours if isinstance(b, Assistance)),
        simulation.crowd.people,
    )
    patient = int(rows_of(simulation, "patients")[0])
    x = p.x[patient]
    simulation.run_until(6)
    assert p.x[patient] == x and (help_.table.charge == patient).sum() == 2
    helpers, speeds = np.flatnonzero(help_.table.charge == patient), []

    def note(running):
        if p.state[patient] == INSIDE and p.x[patient] != x:
            speeds.append(float(np.hypot(p.vx[patient], p.vy[patient])))

    simulation.run_until(120, after_tick=note)
    assert p.state[patient] == LEFT
    assert (p.state[helpers] == LEFT).all()
    assert max(speeds) <= 0.6 + 1e-9 and np.median(speeds) > 0.5
    spread = np.ptp(p.left_tick[[patient, *helpers]]) * simulation.world.seconds(1)
    assert spread < 6.0


def test_too_few_helpers_means_waiting(room, start):
    simulation = start(ward(room, helpers=2, n_staff=1), until=60)
    patient = int(rows_of(simulation, "patients")[0])
    assert simulation.crowd.people.state[patient] == INSIDE


def test_one_helper_takes_one_person(room, start):
    simulation = start(ward(room, helpers=1, n_staff=2, patients=3), until=110)
    patients = rows_of(simulation, "patients")
    assert (simulation.crowd.people.state[patients] == LEFT).sum() == 2
