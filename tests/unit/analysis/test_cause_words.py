"""What an event knows is told with units."""

from impetus_sim.analysis.cause_words import describe_data


def test_units_are_read_from_names_and_numbers_are_short() -> None:
    data = {
        "heard_within_m": 45.0,
        "at_s": 3930.663228,
        "step": "rtu_1.foothold",
        "shots": 3,
        "wind_m_s": 2.5,
    }
    assert describe_data(data) == "heard within 45 m, at 3 931 s, step rtu 1.foothold, shots 3, wind 2.5 m/s"
    assert describe_data({}) == ""
