"""A town around a square in two dimensions: who comes in, who goes out, and what holds them back."""

import numpy as np
import pytest

from impetus_sim.crowd.population import INSIDE, LEFT, ON_LINK


def links_of(simulation):
    return simulation.crowd.behaviours[0]


def members(simulation, name):
    k = simulation.crowd.roster.populations.index(name)
    return np.flatnonzero(simulation.crowd.people.population == k)


def test_people_settle_on_the_square_and_others_leave_the_town(town, start):
    simulation = start(town({"time": {"duration": 400}}), until=400)
    people = simulation.crowd.people
    visitors = members(simulation, "visitors")
    assert (people.state[visitors] == INSIDE).mean() > 0.95
    assert (people.is_walking[visitors] == 0).mean() > 0.8  # and stand there
    assert (people.state[members(simulation, "through")] == LEFT).all()
    assert (people.state[members(simulation, "here")] == LEFT).all()
    assert links_of(simulation).n_left == 210


def test_identity_and_history_stay(town, start):
    simulation = start(town())
    before = {name: column.copy() for name, column in simulation.crowd.people.columns.items()}
    simulation.run_until(60)
    people = simulation.crowd.people
    for name in ("uid", "population", "profile", "radius", "desired_speed", "premovement_s", "enter_tick"):
        assert np.array_equal(people.columns[name], before[name]), name


def test_alarmed_people_flee_the_square_and_turn_round_on_the_way(town, start):
    alarm = {
        "hazards": {
            "cry": {
                "kind": "false_alarm",
                "at": "square",
                "start": 25,
                "noticed_within": 400,
                "believed_share": 1,
            }
        }
    }
    simulation = start(town(alarm, {"time": {"duration": 400}}), until=25)
    visitors = members(simulation, "visitors")
    on_way = visitors[simulation.crowd.people.state[visitors] == ON_LINK]
    inside = visitors[simulation.crowd.people.state[visitors] == INSIDE]
    assert len(on_way) > 5 and len(inside) > 5
    simulation.run_until(400)
    people = simulation.crowd.people
    assert (people.aware_tick[visitors] == 2500).all()
    assert (people.state[visitors] == LEFT).all()
    assert (links_of(simulation).system.people.destination[on_way] == 0).all()  # out


def test_nobody_walks_in_where_somebody_stands(town, start):
    """One way in is packed with people: those who come wait on the link, and the jam spills back along it."""
    blocked = {
        "time": {"duration": 120},
        "crowd": {
            "links": {"jam_density": 1.5},
            "populations": {
                "through": None,
                "here": {"count": 280, "at": {"box": [144, 114, 156, 122]}, "activity": "stay"},
                "visitors": {"count": 900, "at": {"box": [145, 10, 155, 100]}, "network": {"end": 10}},
            },
        },
    }
    simulation = start(town(blocked), until=120)
    links, people = links_of(simulation), simulation.crowd.people
    border, on = links.border, links.system.links
    e = int(np.argmin(np.hypot(*(border_middles(simulation) - (150, 114)).T)))
    (d,) = border.dirs_in(e)
    assert links.table.n_in[e] < 60  # of the hundreds who want in, those who found a gap
    assert on.n_on[d] + on.n_on[d ^ 1] >= 0.9 * links.system.storage[d >> 1]  # the link is full
    upstream = [k for k in range(len(on.n_on)) if links.system.end_node[k] == links.system.end_node[d ^ 1]]
    assert on.n_queue[[k for k in upstream if k != d ^ 1]].sum() > 50  # and those behind it wait before it
    rows = simulation.crowd.inside
    gap = np.hypot(people.x[rows, None] - people.x[rows], people.y[rows, None] - people.y[rows])
    np.fill_diagonal(gap, np.inf)
    assert gap.min() > 0.25  # bodies of radius 0.2 m may be pressed, not stacked


def border_middles(simulation):
    ground = simulation.world.ground
    return np.array(
        [ground.exit_segments(e).reshape(-1, 2).mean(axis=0) for e in range(len(ground.exit_names))]
    )


def test_flow_across_the_border_is_the_lesser_of_both_sides(town, start):
    narrow = {"time": {"duration": 100}, "crowd": {"door_capacity": 0.1}}
    crowds = {"crowd": {"populations": {"visitors": {"count": 900, "network": {"end": 20}}}}}
    simulation = start(town(narrow, crowds), until=100)
    table, ground = links_of(simulation).table, simulation.world.ground
    widths = np.array([ground.exit_width_m(e) for e in range(len(ground.exit_names))])
    assert (table.n_in + table.n_out <= 0.1 * widths * 100 + 2).all()
    assert table.n_in.sum() > 100


def test_a_closed_street_is_avoided_and_opened_again(town, start, events_of):
    closing = {
        "interventions": {
            "bridge": {
                "kind": "street_closure",
                "at": {"box": [70, 20, 76, 90]},
                "at_time": 5,
                "reopen_after": 30,
            }
        }
    }
    simulation = start(town(closing))
    links = links_of(simulation)
    simulation.run_until(4)
    before = links.system.routes.hops.copy()
    simulation.run_until(20)
    shut = np.flatnonzero(~links.system.is_open)
    assert len(shut) and not np.isin(links.system.routes.hops, np.concatenate([2 * shut, 2 * shut + 1])).any()
    n_in = links.system.links.n_in[2 * shut].sum()
    simulation.run_until(30)
    assert links.system.links.n_in[2 * shut].sum() == n_in
    simulation.run_until(45)
    assert np.array_equal(links.system.routes.hops, before)
    kinds = [event["kind"] for event in events_of(simulation)]
    assert "street_closed" in kinds and "street_reopened" in kinds


def test_an_area_becomes_two_dimensional_when_crowded_and_quiet_again(town, start, events_of):
    change = {
        "time": {"duration": 300},
        "crowd": {
            "links": {
                "areas": {"corner": {"at": {"box": [40, 40, 110, 110]}, "on": 0.05, "off": 0.01, "hold": 5}}
            },
            "populations": {
                "visitors": None,
                "here": {"count": 5},
                "through": {
                    "count": 500,
                    "at": {"box": [60, 112, 90, 330]},
                    "network": {"to": {"xy": [80, 6]}},
                },
            },
        },
    }
    simulation = start(town(change), until=300)
    kinds = [event["kind"] for event in events_of(simulation)]
    assert kinds.count("area_two_dimensional") >= 1
    assert kinds.count("area_link_level") >= 1
    state = simulation.crowd.people.state
    assert (state == LEFT).mean() > 0.9
    assert set(np.unique(state)) <= {INSIDE, LEFT, ON_LINK}


def test_recorded_links_can_be_read(town, tmp_path):
    from impetus_sim.analysis.conservation import find_breaches
    from impetus_sim.analysis.link_density import compute_link_density
    from impetus_sim.cli.info import describe_recording
    from impetus_sim.engine.record import simulate
    from impetus_sim.report.link_map import save_link_picture

    recording = simulate(town({"crowd": {"links": {"record_every": 5}}}), path=tmp_path / "run.h5", seed=2)
    states = list(recording.series("links"))
    assert len(states) == 13
    for _, state in states:
        on = state["link"][state["link"] >= 0]
        assert np.array_equal(np.bincount(on, minlength=len(state["n_on"])), state["n_on"])
    found = compute_link_density(recording)
    assert found.peak.max() > 0.0 and found.n_most > 10
    assert find_breaches(recording) == []
    assert describe_recording(recording)["links"]["came in"] > 0
    assert save_link_picture(recording, tmp_path / "streets.png").stat().st_size > 10_000


def test_links_need_a_focus_and_networks_need_links(town):
    from impetus_sim.errors import ImpetusError

    with pytest.raises(ImpetusError, match="no focus"):
        town({"crowd": {"focus": None, "street_exits": None}})
    with pytest.raises(ImpetusError, match="no links to walk on"):
        town({"crowd": {"links": None}})
