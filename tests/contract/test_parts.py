"""What every registered part keeps: a frozen, documented spec with defaults, a small run, a checkpoint."""

import inspect

import pytest
from pydantic import ValidationError

from impetus_sim import registry
from impetus_sim.scenario.spec import Spec

PARTS = [(family, kind) for family in registry.FAMILIES for kind in registry.catalogue(family)]
LEAST = {
    "hazards": {"at": {"xy": [3, 4]}, "start": 1.0},
    "interventions": {"at_time": 1.0},
    "walking_models": {},
    "smoke_speed_laws": {},
    "harm_laws": {},
    "detectors": {"streams": "*"},
    "sensors": {"at": {"xy": [3, 4]}},
}
"""What a part of each family must be given."""
STOREYS = {
    "storeys": {"hall": {}, "attic": {"map": {"synthetic": {"kind": "room", "exits": []}}, "elevation": 4}},
    "connections": {
        "stair": {
            "kind": "stair",
            "lower": {"storey": "hall", "line": [[2, 8], [4, 8]]},
            "upper": {"storey": "attic", "line": [[2, 0], [4, 0]]},
        }
    },
}
"""A storey above the room, and a stair to it."""
MORE = {
    "cordon": {"at": {"box": [1, 1, 6, 7]}},
    "exit_control": {"exit": "west", "action": "close"},
    "smoke_area": {"at": {"box": [1, 1, 6, 7]}},
    "gas_area": {"at": {"box": [1, 1, 6, 7]}, "co": 20000},
    "gas": {"co": 500},
    "guidance": {"at": {"box": [1, 1, 6, 7]}, "exit": "west"},
    "street_closure": {"at": {"box": [10, 10, 80, 80]}, "reopen_after": 6},
    "connection_control": {"connection": "stair", "action": "close"},
    "gate_control": {"gate": "rope", "action": "close", "undo_after": 4},
    "road_closure": {"at": {"box": [100, 100, 200, 200]}, "into_only": True, "reopen_after": 6},
    "road_incident": {"at": {"xy": [124, 100]}, "lasts": 6},
    "signal_fault": {"at": {"xy": [131, 131]}, "lasts": 6},
    "fence_falls": {"gate": "fence", "at": None},
    "turn_ban": {"at": {"xy": [150, 150]}, "turns": "left", "ends_after": 6},
    "contraflow": {"at": {"xy": [36, 8]}, "towards": {"xy": [370, 8]}, "clearance": 2, "ends_after": 6},
    "area_ban": {"at": {"box": [100, 100, 200, 200]}, "ends_after": 6},
    "signal_control": {"at": {"xy": [131, 131]}, "control": "actuated", "cycle": 40, "ends_after": 6},
    "asset_failure": {"assets": "transformer", "lasts": 6, "at": None},
    "asset_damage": {
        "at": {"box": [-200, -200, 300, 300]},
        "measure": "wind_gust",
        "intensity": 40,
        "edge_share": 0.5,
        "rising": [{"after": 5, "intensity": 200}],
    },
    "asset_control": {"assets": ["feeder_1_1"], "level": 0, "by_hand": True},
    "flood": {
        "at": {"box": [1, 1, 6, 7]},
        "levels": [{"level": 0.2}, {"after": 8, "level": 0.6, "speed": 1}],
        "every": 2,
    },
    "shut_zone": {"service": "power", "at": {"box": [-200, -200, 300, 300]}, "restore_after": 6},
    "zone_evacuation": {
        "stages": [{"at": {"box": [1, 1, 6, 7]}}, {"at": {"box": [6, 1, 11, 7]}, "after": 3}],
        "every": 2,
    },
    "shelter_in_place": {"at": {"box": [1, 1, 6, 7]}, "lasts": 6},
    "isolate_network": {"segments": "hall.*", "ends_after": 6},
    "patch": {"segments": "*"},
    "add_sensor": {"sensors": "doors"},
    "bus_evacuation": {"bus_stop": "shuttle"},
    "mobile_generator": {"assets": "cell", "lasts": 6},
    "one_way_walking": {"ways_in": "west", "ways_out": "east", "lasts": 6},
    "fire": {"growth": "ultrafast", "lasts": 15, "seen_within": 20},
    "plume": {"substance": "chlorine", "mass": 2, "lasts": 6},
    "threshold": {"above": 1},
    "balance": {"stored": "doors_east.people_passing", "into": "doors_west.people_passing"},
    "control_rules": {"switches": "doors_w", "levels": "doors_e"},
    "egress_start": {"every": 1, "usual": 0.01, "more": 0.2, "threshold": 3},
    "exit_counter": {"at": None},
    "send_units": {"at": {"xy": [3, 4]}, "unit": "police", "recall_after": 6},
    "move_units": {"at": {"xy": [3, 4]}, "unit": "police"},
    "add_units": {"unit": "police", "count": 2, "station": "yard"},
    "line_counter": {"at": {"line": [[2, 0], [2, 8]]}},
    "loop_counter": {"at": {"xy": [150, 124]}},
    "bluetooth": {"at": {"xy": [150, 124]}, "to": {"xy": [220, 124]}},
    "scada": {"at": None, "needs": "transformer"},
    "cell_load": {"at": None, "needs": "cell"},
    "transit_feed": {"at": None, "every": 5},
    "posts": {"at": {"box": [1, 1, 6, 7]}, "every": 5},
    "air_sampler": {"substance": "smoke"},
    "staged_departure": {
        "stages": [{"at": {"box": [0, 0, 200, 400]}, "start": 2}, {"hold": True}],
        "ends_after": 6,
    },
}
"""What single parts need beyond that; None for what they do not take."""
GATES = {
    "fence": {"at": {"line": [[2, 0], [2, 8]]}},
    "rope": {"at": {"line": [[9, 0], [9, 8]]}, "open": True},
}
TRAFFIC = {
    "traffic": {
        "signals": {"at": [{"xy": [131, 131]}]},
        "demand": {"everyday": {"kind": "gravity", "trips": 60, "through": 1.0, "end": 15}},
    }
}
SHELTERS = {"crowd": {"hiding_places": {"corner": {"box": [1, 6, 3, 7]}}, "threat_perception": {}}}
CONTROL = {
    "cyber": {
        "assets": {
            "hall": {"type": "control_centre"},
            "cabinet": {"type": "controller", "needs": [{"service": "control", "of": "hall"}]},
        }
    }
}
BUSES = {
    "crowd": {"populations": {"here": {"exits": ["way out south-west 1", "way out north-east 1"]}}},
    "traffic": {
        "pickups": {
            "shuttle": {
                "kind": "bus_stop",
                "exit": "way out south-west 1",
                "destination": {"xy": [370, 0]},
                "vehicles": 2,
                "seats": 10,
                "first": 5,
                "every": 5,
                "boarding": 0.1,
                "on_call": True,
            }
        }
    },
}
UNITS = {
    "response": {
        "stations": {"yard": {"at": {"xy": [6, 2]}}},
        "units": {"cops": {"unit": "police", "station": "yard"}},
    }
}
STOPS = [{"place": {"xy": [186, 369]}, "name": "a"}, {"place": {"xy": [369, 186]}, "name": "b"}]
LINE = {"kind": "line", "stops": STOPS, "vehicles": 2, "every": 10}
LINES = {"traffic": {**TRAFFIC["traffic"], "lines": {"out": LINE}}}
ON_ROADS = (
    "road_closure", "road_incident", "signal_fault", "turn_ban", "area_ban", "contraflow", "signal_control",
    "staged_departure",
)  # fmt: skip
"""Parts about streets for vehicles."""
NEEDS = {
    "connection_control": {"crowd": STOREYS},
    "gate_control": {"crowd": {"gates": GATES}},
    "fence_falls": {"crowd": {"gates": GATES}},
    "asset_failure": {"infrastructure": {}},
    "plume": {"weather": {"wind_speed": 1}},
    "asset_damage": {"infrastructure": {}},
    "asset_control": {"infrastructure": {}},
    "shut_zone": {"infrastructure": {}},
    "bus_evacuation": BUSES,
    "mobile_generator": {"infrastructure": {}},
    "phone_alert": {"infrastructure": {}},
    "shelter_in_place": SHELTERS,
    "add_sensor": {"sensing": {"sensors": {"doors": {"kind": "exit_counter"}}}},
    **dict.fromkeys(("isolate_network", "patch"), CONTROL),
    **dict.fromkeys(("send_units", "move_units", "add_units"), UNITS),
    "scada": {"infrastructure": {}},
    "cell_load": {"infrastructure": {}},
    "transit_feed": LINES,
    **dict.fromkeys((*ON_ROADS, "loop_counter", "bluetooth"), TRAFFIC),
}
"""What must be in the room for single parts."""
IN_TOWN = ("street_closure", "bus_evacuation", *ON_ROADS)
"""Parts that act on streets."""
LOOK_AT_STREETS = ("loop_counter", "bluetooth", "transit_feed")
"""Sensors of vehicles."""


COUNTERS = {"sensors": {"doors": {"kind": "exit_counter", "every": 1}}}
HISTORY = "time,doors_east.people_passing,doors_west.people_passing\n" + "".join(
    f"{k},{k % 7 % 2},{k % 5 % 3 % 2}\n" for k in range(400)
)
"""Counters at both exits, and what they said when nobody fled."""


def section(family, kind):
    keys = {"kind": kind, **LEAST[family], **MORE.get(kind, {})}
    return {key: value for key, value in keys.items() if value is not None}


@pytest.fixture(params=PARTS, ids="/".join)
def part(request):
    family, kind = request.param
    return family, kind, registry.catalogue(family)[kind]


@pytest.fixture
def scenario(part, room, town):
    family, kind, _ = part
    alarm = {"cry": {"kind": "false_alarm", "at": {"xy": [6, 2]}, "start": 3}}
    if family == "detectors":
        found = {"detectors": {"part": section(family, kind)}, "history": HISTORY, "fusion": {}}
        return room({"hazards": alarm, "sensing": COUNTERS, "detection": found})
    if family == "sensors":
        sensing = {"sensing": {"sensors": {"part": section(family, kind)}}}
        return (town if kind in LOOK_AT_STREETS else room)({"hazards": alarm}, NEEDS.get(kind, {}), sensing)
    if kind in IN_TOWN:
        return town({"hazards": alarm}, NEEDS.get(kind, {}), {family: {"part": section(family, kind)}})
    if family == "walking_models":
        return room({"crowd": {"model": section(family, kind)}, "hazards": alarm})
    if family in ("smoke_speed_laws", "harm_laws"):
        own = (
            {"smoke_speed": section(family, kind)}
            if family == "smoke_speed_laws"
            else {"laws": {"own": kind}}
        )
        smoke = {"kind": "smoke_area", "at": {"box": [1, 1, 6, 7]}, "start": 1}
        return room({"crowd": {"harm": own}, "hazards": {**alarm, "fumes": smoke}})
    return room({"hazards": alarm}, NEEDS.get(kind, {}), {family: {"part": section(family, kind)}})


def test_families_are_not_empty():
    assert {family for family, _ in PARTS} == set(registry.FAMILIES)
    assert len(PARTS) >= 8


def test_the_spec_is_frozen_strict_and_documented(part):
    _, kind, cls = part
    assert cls.kind == kind
    assert issubclass(cls.Spec, Spec)
    assert cls.Spec.model_config["frozen"] and cls.Spec.model_config["extra"] == "forbid"
    assert cls.__doc__ and inspect.getdoc(cls.Spec)
    assert inspect.getdoc(inspect.getmodule(cls))


def test_every_own_field_is_explained(part):
    """A planner reads the docstrings of the spec and its bases: every field stands in one of them."""
    _, _, cls = part
    texts = " ".join(inspect.getdoc(base) or "" for base in cls.Spec.__mro__ if issubclass(base, Spec))
    missing = [name for name in cls.Spec.model_fields if name not in texts]
    assert not missing


def test_interventions_say_on_what_terms_they_are_had(part):
    family, _, cls = part
    if family != "interventions":
        pytest.skip("of interventions")
    assert "terms" in cls.__dict__  # its own, not one that it inherited
    assert cls.terms.cost_eur >= 0 and cls.terms.lead_time_s >= 0 and cls.terms.staff >= 0 and cls.terms.legal


def test_defaults_are_valid(part):
    family, kind, cls = part
    values = section(family, kind)
    values.pop("kind")
    spec = cls.Spec(**values)
    with pytest.raises(ValidationError):
        spec.no_such_field = 1  # frozen
    name = next(iter(cls.Spec.model_fields))
    with pytest.raises(ValidationError):
        setattr(spec, name, getattr(spec, name))
    with pytest.raises(ValidationError):
        cls.Spec(**values, no_such_key=1)


def test_the_scenario_text_comes_back_equal(scenario):
    from impetus_sim.scenario.load import read_scenario_text

    assert read_scenario_text(scenario.to_text()).digest == scenario.digest


@pytest.mark.parametrize("moments", [(1.0, 6.0), pytest.param((0.5, 2.33, 12.0), marks=pytest.mark.slow)])
def test_it_runs_and_survives_a_checkpoint(part, scenario, start, moments):
    whole = start(scenario, until=20)
    whole_digest = whole.digest.parts
    assert whole.crowd.counts()["left"] > 0
    for moment in moments:
        walking = start(scenario, until=moment, city=whole.city)
        fresh = start(scenario, city=whole.city)
        fresh.take_over(walking.capture())
        fresh.run_until(20)
        assert fresh.digest.parts == whole_digest, moment


def test_parts_write_only_when_they_act(part, scenario, start):
    """Until its time a hazard or an intervention leaves no trace in any table."""
    family, _, _ = part
    if family not in ("hazards", "interventions"):
        pytest.skip(f"{family} act from the start")
    simulation = start(scenario, until=0.95)
    world = simulation.world
    tables = [world.threats, world.stimuli, world.orders, world.events, world.smoke.table]
    assert all(len(table) == 0 for table in [*tables, simulation.hazards.table, simulation.response.tasks])


def test_everything_logged_has_a_cause_or_is_a_beginning(part, scenario, start, events_of):
    rows = events_of(start(scenario, until=20))
    for row in rows:
        assert all(cause < row["id"] for cause in row["causes"])
    beginnings = [row["kind"] for row in rows if not row["causes"]]
    assert len(beginnings) <= 2  # the false alarm and the part's own
