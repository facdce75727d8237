"""Belief: one message convinces the share k t, repeats less than other channels, trust is personal."""

import numpy as np
import pytest

from impetus_sim.crowd.belief import CHANNELS, Belief

MANY = {"count": 4000, "at": {"box": [1, 1, 39, 39]}}
BIG = {"map": {"synthetic": {"width": 80, "depth": 80, "obstacles": None}}}


@pytest.fixture(scope="module")
def believers(room):
    def build(information=None, trust=None):
        from impetus_sim.crowd.population import build_people

        people = MANY | ({"trust": trust} if trust is not None else {})
        scenario = room(BIG, {"crowd": {"information": information or {}, "populations": {"guests": people}}})
        drawn = scenario.draw(1, 0).crowd
        table, roster = build_people(drawn, seed=1, replicate=0, ticks_of=lambda t: int(100 * t))
        return Belief(drawn, table, roster, seed=1, replicate=0)

    return build


EVERYBODY = np.arange(4000)


def test_one_message_convinces_credibility_times_trust(believers):
    belief = believers({"credibility": {"phone": 0.8}}, {"phone": 0.5})
    assert len(belief.convince(EVERYBODY, "phone")) == pytest.approx(1600, abs=120)


def test_confirmation_counts_more_than_repetition(believers):
    same = believers({"credibility": {"siren": 0.4, "phone": 0.4}, "repeat_weight": 0.25})
    other = believers({"credibility": {"siren": 0.4, "phone": 0.4}, "repeat_weight": 0.25})
    first = set(same.convince(EVERYBODY, "siren"))
    again = set(same.convince(EVERYBODY, "siren"))
    other.convince(EVERYBODY, "siren")
    confirmed = set(other.convince(EVERYBODY, "phone"))
    assert first < again < confirmed
    assert len(again) == pytest.approx(4000 * (1 - 0.6 * 0.9), abs=130)
    assert len(confirmed) == pytest.approx(4000 * (1 - 0.6 * 0.6), abs=130)


def test_trust_is_spread_over_people_and_keyed(believers):
    belief = believers(None, {"phone": {"mean": 0.6, "sd": 0.2}})
    column = belief.trust[:, CHANNELS.index("phone")]
    assert column.mean() == pytest.approx(0.6, abs=0.02) and column.std() == pytest.approx(0.2, abs=0.02)
    assert (belief.trust[:, CHANNELS.index("siren")] == 1.0).all()
    again = believers(None, {"phone": {"mean": 0.6, "sd": 0.2}, "siren": 0.3})
    assert (again.trust[:, CHANNELS.index("phone")] == column).all()


def test_full_trust_in_what_is_seen_convinces_everybody(believers):
    assert len(believers().convince(EVERYBODY, "threat_seen")) == 4000
