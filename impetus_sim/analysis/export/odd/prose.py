"""What the ODD protocol asks for in words: purpose, design concepts, and where the submodels are explained.

Everything that can be read from the code is generated; these are the reasons behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PURPOSE: Final = """\
The model compares what can be done in a crisis in a city: people on foot, vehicles, what the city runs on,
those who attack it and those who respond, on one clock and one street map, so that a cause can be followed to
the harm that it does. It is for planners, researchers and trainers; it compares options on common random
numbers and does not forecast single events."""

PATTERNS: Final = """\
Patterns by which it is judged: flows through doors and corridors, speed by density, lanes and congestion of
people (RiMEA, published trajectories); queues that grow and spill back, shock waves, capacity of junctions
(traffic); overloads that cascade, outages that spread along dependencies (infrastructure); doses, ranges and
hits by their published laws (hazards); waiting times of operators (M/M/c). `impetus verify` measures them on
any machine; docs/verification.md lists expected and measured values."""

CONCEPTS: Final[Mapping[str, str]] = {
    "Basic principles": (
        "People move by published walking models and leave by exits that they weigh by way and queue; "
        "vehicles follow kinematic waves with queues of finite length; infrastructure is a graph of needs "
        "with buffers; hazards act through doses by published laws. No law is fitted to the outcome that it "
        "is asked about."
    ),
    "Emergence": (
        "Density, congestion, egress times, spillback, cascades, casualties, delays of units and load of "
        "operators emerge; nobody sets them. Typical times and rates of staff, repairs and attacks are "
        "imposed."
    ),
    "Adaptation": (
        "People choose exits again as queues grow, turn away from threats, believe warnings or not; drivers "
        "learn of delays sooner or later and change their way; operators and commanders follow playbooks "
        "and what they have been told."
    ),
    "Objectives": (
        "People minimise expected time to their goal, with threats as a cost; drivers minimise travel time "
        "as they know it; attackers follow their plan or seek people; units go where priority and travel "
        "time say."
    ),
    "Learning": ("None within a run beyond what is known: who has heard, seen or been told something."),
    "Prediction": (
        "Exit choice expects that queues are served at their present rate; drivers expect known travel "
        "times; nobody foresees events."
    ),
    "Sensing": (
        "People perceive within sight and hearing, past walls and smoke; operators perceive only what "
        "sensors, callers and messages bring, and these fail with power, lines and attacks."
    ),
    "Interaction": (
        "People repel and block each other; vehicles queue; people and vehicles yield; assets need each "
        "other; systems meet only in shared fields and request tables through named couplings."
    ),
    "Stochasticity": (
        "Every draw is counter-based (Philox 4x32-10), keyed by seed, replicate, stream, individual, step "
        "and decision: options share all draws that they do not touch, and results do not depend on "
        "threads."
    ),
    "Collectives": (
        "Groups walk together, wait and search for members; populations share a profile mix; control rooms, "
        "stations and crews are organisations."
    ),
    "Observation": (
        "Positions, counts, fields, states and events with their causes are recorded; every measure is "
        "computed from the recording (docs/measures.md) and reported with intervals over replicates."
    ),
}
"""The eleven design concepts of the protocol."""

INITIALISATION: Final = """\
The ground, networks and assets are built from the map (OpenStreetMap, a drawn plan or a synthetic one) by
stated rules. People are placed by population: profile, place, speed, radius and pre-movement time are drawn for
each person from streams keyed by the population's name and the person's index. Vehicles get origins, goals and
departure times from their demand. Numbers that are distributions are drawn once per replicate. Nothing has
happened at time 0."""

INPUT_DATA: Final = """\
Inputs that vary in time are those a scenario names: arrival profiles, trips and timetables (GTFS, SUMO), levels
of a flood, wind, histories for detectors. There is no other external driver."""

PAGES: Final[Mapping[str, str]] = {
    "walking_models": "docs/models/{kind}.md",
    "smoke_speed_laws": "docs/models/harm.md",
    "harm_laws": "docs/models/harm.md",
    "hazards": "docs/scenarios.md",
    "interventions": "docs/models/interventions.md",
    "detectors": "docs/models/detection.md",
    "sensors": "docs/models/sensors.md",
}
"""Page that explains the parts of a family."""
OWN_PAGES: Final = {
    "attacker": "docs/models/attacker.md",
    "blast": "docs/models/blast.md",
    "crowd_surge": "docs/models/rumour_and_surge.md",
    "fire": "docs/models/fire.md",
    "flood": "docs/models/flood.md",
    "plume": "docs/models/plume.md",
    "rumour": "docs/models/rumour_and_surge.md",
}
"""Hazards with a page of their own."""
SYSTEM_PAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "crowd": ("people", "journeys", "storeys", "slopes", "link_walking"),
    "traffic": ("traffic", "car_following", "equilibrium", "people_and_vehicles", "public_transport"),
    "infrastructure": (
        "infrastructure",
        "city_infrastructure",
        "power",
        "water",
        "telecom",
        "dependencies",
        "repair",
    ),
    "cyber": ("cyber",),
    "control_rooms": ("control_room", "playbooks"),
    "units": ("units",),
    "exposure": ("harm", "injuries"),
    "sensing": ("sensors",),
    "detection": ("detection",),
}
"""Pages under docs/models by system."""


def page_of(family: str, kind: str) -> str:
    """Return the page that explains a part."""
    return (
        OWN_PAGES.get(kind, PAGES[family].format(kind=kind))
        if family == "hazards"
        else PAGES[family].format(kind=kind)
    )
