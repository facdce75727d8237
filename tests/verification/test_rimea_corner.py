"""RiMEA test 6: 20 persons round a corner, nobody more than 1 mm outside the walls, all out within 60 s."""


def test_corner(verify):
    result = verify("rimea-6")
    assert result.passed, result.text
