"""RiMEA test 5: each person starts within 0.5 s of their own time; the step of 0.05 s allows far less."""


def test_everybody_starts_on_time(verify):
    result = verify("rimea-5")
    assert result.passed, result.text
    assert result.measured <= 0.051


def test_desired_speeds_follow_their_distribution(verify):
    result = verify("iso-5")
    assert result.passed, result.text
