"""Sections about people: defaults, and what is refused with its key."""

import pytest

from impetus_sim.errors import InvalidInputError

REFUSED = [
    ({"populations": {"guests": {"groups": {"size": {"1": 1.0}}}}}, "groups.size.1"),
    ({"populations": {"guests": {"groups": {"size": {2: 0.4, 3: 0.4}}}}}, "sum to 0.8"),
    ({"populations": {"guests": {"groups": {"of": {"adult": 1}}}}}, "at least two"),
    (
        {"populations": {"guests": {"groups": {"of": {"adult": 2}, "leader": "child"}}}},
        "no group has a 'child'",
    ),
    ({"populations": {"guests": {"knows_exits": 0.5}}}, "came_by"),
    ({"populations": {"guests": {"came_by": {"east": 0.5}, "knows_exits": 0.5}}}, "sum to 0.5"),
    ({"populations": {"guests": {"reactions": {"flight": 1}}}}, "threat_perception"),
    ({"threat_perception": {}, "populations": {"guests": {"reactions": {"flight": 0.5}}}}, "sum to 0.5"),
    (
        {"threat_perception": {}, "populations": {"guests": {"reactions": {"flight": 0.5, "hide": 0.5}}}},
        "hide",
    ),
    ({"populations": {"guests": {"trust": 0.5}}}, "information"),
    ({"information": {}, "populations": {"guests": {"trust": {"fone": 0.5}}}}, "phone"),
    ({"information": {}, "populations": {"guests": {"trust": {"mean": 0.5, "sd": 0.5}}}}, "spread"),
    ({"exit_choice": {"taste": 0}, "populations": {"guests": {"familiar": {"east": 2}}}}, "taste"),
    ({"populations": {"guests": {"assistance": {"by": "nobody"}}}}, "nobody"),
]


@pytest.mark.parametrize(("crowd", "text"), REFUSED, ids=[text for _, text in REFUSED])
def test_what_cannot_be_is_refused(room, crowd, text):
    with pytest.raises(InvalidInputError) as caught:
        room({"crowd": crowd})
    assert text in str(caught.value) or any(text in str(p) for p in getattr(caught.value, "problems", ()))


def test_defaults_are_complete(room):
    crowd = room(
        {"crowd": {"information": {}, "populations": {"guests": {"groups": {}, "trust": 0.5}}}}
    ).crowd
    guests = crowd.populations["guests"]
    assert dict(guests.groups.size) == {"2": 0.5, "3": 0.3, "4": 0.2} and guests.groups.share == 0.6
    assert {share.mean for share in guests.trust.values()} == {0.5}


def test_speeds_by_age(room):
    import numpy as np

    def speed(ages):
        return room({"crowd": {"profiles": {"aged": {"desired_speed": {"age": ages}}}}}).crowd.profiles[
            "aged"
        ]

    u = np.linspace(0.01, 0.99, 99)
    young, middle, old = (speed(ages).desired_speed.sample(u) for ages in ([20, 30], [30, 50], [50, 80]))
    assert young.min() >= 1.54 and young.max() <= 1.61 and young.mean() > middle.mean() > old.mean()
    assert old.min() >= 0.68 and old.max() <= 1.41
    assert (speed([30, 30]).desired_speed.sample(u) == 1.54).all()


@pytest.mark.parametrize(
    "given", [{"age": [90, 95]}, {"age": [30, 20]}, {"age": 30}, {"age": [20, 30], "sd": 0.2}]
)
def test_ages_that_cannot_be(room, given):
    with pytest.raises(InvalidInputError, match=r"age|sd"):
        room({"crowd": {"profiles": {"aged": {"desired_speed": given}}}})


def test_the_resolved_text_comes_back_equal(room):
    from impetus_sim.scenario.load import read_scenario_text

    scenario = room({"crowd": {
        "information": {}, "contagion": {}, "threat_perception": {}, "hiding_places": {"x": {"box": [1, 1, 3, 3]}},
        "profiles": {"aged": {"desired_speed": {"age": [20, 30]}}},
        "populations": {"guests": {
            "groups": {"of": {"adult": 2}}, "trust": 0.5, "reactions": {"flight": 0.5, "hide": 0.5},
            "assistance": {"by": "guests"}, "familiar": {"east": 2}, "knows_exits": 0.5, "came_by": {"west": 1},
        }},
    }})  # fmt: skip
    assert read_scenario_text(scenario.to_text()) == scenario
