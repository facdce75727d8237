"""Every law of a city's infrastructure holds for random towns, with gaps in their streets and islands."""

from hypothesis import given, settings
from hypothesis import strategies as st

from impetus_sim.infrastructure.city import CitySpec
from impetus_sim.verification.case import Effort
from impetus_sim.verification.infrastructure.city import city_cases
from impetus_sim.verification.suite import run_case

KINDS = (
    ("traffic_signals", "highway=traffic_signals"),
    ("camera", "man_made=surveillance"),
    ("substation", "power=substation"),
    ("communications_tower", "man_made=mast"),
    ("telephone_exchange", "telecom=exchange"),
    ("pumping_station", "man_made=pumping_station"),
    ("hospital", "amenity=hospital"),
    ("siren", "emergency=siren"),
)
DENSE = CitySpec(
    transformer_people=60.0,
    cell_people=300.0,
    people_for_each={"camera": 40.0, "siren": 300.0, "sign": 250.0, "petrol_station": 700.0},
)
PLACES = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(-50, 900), st.integers(-50, 900)), max_size=12, unique=True
)


@settings(max_examples=40, deadline=None)
@given(
    columns=st.integers(1, 8),
    rows=st.integers(1, 8),
    seed=st.integers(0, 10_000),
    dropped=st.sampled_from([0.0, 0.2, 0.5, 0.8]),
    islands=st.integers(1, 3),
    houses=st.integers(1, 6),
    places=PLACES,
    spec=st.sampled_from([None, DENSE]),
)
def test_laws_hold(draw_town, columns, rows, seed, dropped, islands, houses, places, spec):
    town = draw_town(
        columns=columns,
        rows=rows,
        seed=seed,
        dropped=dropped,
        islands=islands,
        houses_per_street=houses,
        places=[(kind, tag, float(x), float(y)) for (kind, tag), x, y in places],
    )
    if not len(town.layers["buildings"]):
        return
    failed = [
        (result.case.id, result.text)
        for case in city_cases(town, spec)
        if not (result := run_case(case, effort=Effort(model=""))).passed
    ]
    assert not failed
