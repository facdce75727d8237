"""Crews drive, work and go on; shifts, skills and parts hold them up; restored, they go on the same."""

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.repair.depot import CrewSpec, Stock
from impetus_sim.infrastructure.repair.repairs import Repairs
from impetus_sim.infrastructure.repair.times import REPAIR_TIMES, SKILLS, draw_repair_h
from impetus_sim.world.assets import ASSET_KINDS, Order

from .town import KEY, H, Town


def test_one_crew_goes_from_job_to_job_by_people_per_hour():
    town = Town()
    for name in ("east", "north", "west"):
        town.break_down(name, 2.0, 1.0)
    town.run(30)
    # north: 900 people for 1 h of driving and 2 h of work; west lies 36.2 km from there, east 36.7 km
    west_h = np.hypot(36_000, 3600) / 36_000
    seen = town.seen("crew_sent", "crew_arrived", "repair_done")
    assert [what[1:] for what in seen] == [
        (kind, name)
        for name in ("north", "east", "west")
        for kind in ("crew_sent", "crew_arrived", "repair_done")
    ]
    assert next(at for at, kind, _ in seen if kind == "crew_arrived") == 2.0
    east_h = np.hypot(36_000, 7200) / 36_000
    assert seen[5][0] == pytest.approx(1.0 + 1.0 + 2.0 + east_h + 2.0, abs=1e-9)
    assert seen[8][0] == pytest.approx(seen[5][0] + 10_800 / 36_000 + 2.0, abs=1e-9)
    assert west_h < east_h  # nearer, and yet later: fewer people
    assert town.services.level.min() == 1.0


def test_driving_takes_what_it_takes_when_the_crew_sets_out():
    town = Town()
    town.break_down("north", 2.0, 12.0)
    town.run(30)
    assert town.seen("crew_arrived") == [
        (14.0, "crew_arrived", "north")
    ]  # 1 h before the tenth hour, 2 h after


def test_what_is_repaired_returns_and_its_cause_is_the_crew():
    town = Town()
    town.break_down("east", 2.0, 1.0)
    town.run(10)
    assert town.seen("damaged", "repaired") == [(1.0, "damaged", "east"), (3.2, "repaired", "east")]
    assert town.causes("level_rose", "east") == [
        "level_rose",
        "repaired",
        "repair_done",
        "crew_arrived",
        "crew_sent",
        "damaged",
    ]


def test_crews_begin_within_their_shift_finish_what_they_began_and_start_from_home():
    crew = CrewSpec(depot="depot", skills=frozenset({"power"}), shift_begins_h=8.0, shift_h=8.0)
    town = Town(crews=[crew])
    town.break_down("east", 3.0, 2.0)
    town.break_down("west", 6.0, 2.0)
    town.run(60)
    seen = dict(
        ((kind, name), at) for at, kind, name in town.seen("crew_sent", "crew_arrived", "repair_done")
    )
    assert seen["crew_sent", "east"] == 8.0
    assert seen["repair_done", "east"] == pytest.approx(11.2)
    # from the tenth hour on 10.8 km take 0.6 h; done at 17.8 h, after the shift
    assert seen["repair_done", "west"] == pytest.approx(17.8)
    town.break_down("east", 1.0, 61.0 - 0.5)  # day three, 12:30: from home, not from the west
    town.run(80)
    assert town.seen("crew_arrived")[-1] == (pytest.approx(60.5 + 0.4), "crew_arrived", "east")


def test_who_lacks_the_skill_does_not_go():
    town = Town(crews=[CrewSpec(depot="depot", skills=frozenset({"water"}))])
    town.break_down("east", 1.0, 1.0)
    assert town.run(100).seen("crew_sent") == []


def test_without_a_part_the_crew_waits_for_one():
    town = Town(parts=1)
    town.break_down("north", 1.0, 1.0)
    town.break_down("west", 1.0, 1.0)
    town.run(100)
    assert town.seen("crew_sent") == [(1.0, "crew_sent", "north"), (49.0, "crew_sent", "west")]


@pytest.mark.parametrize("rule", ["people_per_hour", "hospitals_first", "nearest_first", "optimised"])
def test_restored_in_the_middle_it_goes_on_the_same(rule):
    crews = [
        CrewSpec(depot="depot", skills=frozenset({"power"}), shift_begins_h=6.0, shift_h=10.0),
        CrewSpec(depot="depot", skills=frozenset({"power", "telecom"})),
    ]

    def town():
        made = Town(crews=crews, parts=2, rule=rule, fuel_h=5.0)
        for k, name in enumerate(("east", "north", "west", "east", "west")):
            made.break_down(name, 0.0, 1.0 + 3.3 * k)
        return made

    whole = town().run(200)
    for at_h in (0.5, 2.0, 5.5, 13.0, 50.0):
        first, second = town().run(at_h), town()
        for ours, theirs in zip(second.parts, first.parts, strict=True):
            for table, saved in zip(ours.tables, theirs.tables, strict=True):
                table.load(saved.columns)
            ours.restored()
        second.events, second.cause_of = list(first.events), list(first.cause_of)
        second.run(200)
        assert second.events == whole.events and second.cause_of == whole.cause_of


def test_times_are_drawn_by_asset_and_how_often_it_broke():
    time = REPAIR_TIMES["cell"]
    drawn = np.array([draw_repair_h("cell", KEY, f"cell_{k}", 0) for k in range(4000)])
    assert drawn.mean() == pytest.approx(time.mean_h, rel=4 * time.sd_h / time.mean_h / 4000**0.5)
    assert np.median(drawn) == pytest.approx(time.median_h, rel=0.04)
    assert draw_repair_h("cell", KEY, "cell_1", 0) == drawn[1] != draw_repair_h("cell", KEY, "cell_1", 1)


def test_every_kind_has_a_time_a_skill_and_a_source():
    assert set(REPAIR_TIMES) == set(ASSET_KINDS)
    for kind, time in REPAIR_TIMES.items():
        assert time.mean_h > 0 and time.sd_h > 0 and time.skill in SKILLS and time.source, kind
        assert "recalled" in time.source or "assumed" in time.source


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"rule": "x"}, "no order of repairs"), ({"stocks": [Stock(depot="moon", parts=1)]}, "moon")],
)
def test_what_makes_no_sense_is_refused(wrong, message):
    services = Town().services
    with pytest.raises(InvalidInputError, match=message):
        Repairs(services, [], draw_key=KEY, **wrong)
    with pytest.raises(InvalidInputError, match="skills"):
        CrewSpec(depot="depot", skills=frozenset({"magic"}))
    with pytest.raises(InvalidInputError, match="shift"):
        CrewSpec(depot="depot", skills=frozenset({"power"}), shift_h=25.0)
    town = Town()
    town.run(2)
    with pytest.raises(InvalidInputError, match="repair of"):
        town.repairs.ask(0, at_us=H)


def repaired_by_itself(town, name, at_h):
    town.services.set_order(town.row(name), Order.REPAIRED, 0.0, at_us=round(at_h * H))


def test_nobody_sets_out_for_what_works_again_before_a_crew_is_free():
    town = Town()
    town.break_down("north", 2.0, 1.0)
    town.break_down("east", 2.0, 1.5)
    town.run(2)
    repaired_by_itself(town, "east", 2.5)
    town.run(30)
    assert [what[1:] for what in town.seen("crew_sent", "crew_arrived", "crew_not_needed")] == [
        ("crew_sent", "north"),
        ("crew_arrived", "north"),
    ]


def test_a_crew_that_finds_all_working_goes_on_from_there():
    town = Town()
    town.break_down("north", 2.0, 1.0)
    town.run(1.5)
    repaired_by_itself(town, "north", 1.5)
    town.break_down("west", 2.0, 1.75)
    town.run(30)
    seen = town.seen("crew_sent", "crew_arrived", "crew_not_needed", "repair_done")
    assert [what[1:] for what in seen[:3]] == [
        ("crew_sent", "north"),
        ("crew_not_needed", "north"),
        ("crew_sent", "west"),
    ]
    assert seen[1][0] == 2.0 and seen[2][0] == 2.0
    assert seen[3][0] == pytest.approx(2.0 + np.hypot(36_000, 3600) / 36_000)
    assert town.services.level.min() == 1.0


def test_what_breaks_again_is_asked_for_again():
    town = Town()
    town.break_down("north", 2.0, 1.0)
    town.run(1.5)
    repaired_by_itself(town, "north", 1.5)
    town.run(3)
    town.break_down("north", 2.0, 4.0)
    town.run(30)
    assert [at for at, _, _ in town.seen("repair_done")] == [pytest.approx(6.0)]
