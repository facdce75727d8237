"""IMO test 4: a room of 8 x 5 m with one 1 m door empties; its flow is held at its present value."""


def test_room_empties(verify):
    result = verify("empty-room")
    assert result.passed, result.text


def test_door_flow_is_within_what_was_ever_measured(verify):
    # the guideline's 1.33 /(m s) is judged by `impetus verify`; laboratories measured up to 2.5 (Kretz 2006)
    assert 0.5 < verify("imo-4").measured < 2.5
