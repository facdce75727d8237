"""Curves are monotone through their median; draws follow them, and the same asset always fails first."""

from itertools import pairwise

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.hazards.fragility.curves import BASES, HAZARDS, Curve, bundled_curves, load_curves
from impetus_sim.hazards.fragility.strength import draw_strengths, find_failures
from impetus_sim.infrastructure.services.build import assemble_assets
from impetus_sim.world.assets import ASSET_KINDS

KEY = np.array([1, 2], np.uint32)


def many(kind, n=4000):
    return assemble_assets({f"{kind}_{k:04d}": kind for k in range(n)}, [])


def test_every_kind_has_a_curve_with_a_source_for_every_hazard():
    curves = bundled_curves()
    assert set(curves) == {(hazard, kind) for hazard in HAZARDS for kind in ASSET_KINDS}
    assert all(curve.source and curve.basis in BASES for curve in curves.values())


@pytest.mark.parametrize("hazard", HAZARDS)
def test_curves_rise_and_pass_their_median_at_one_half(hazard):
    for kind in ASSET_KINDS:
        curve = bundled_curves()[hazard, kind]
        strengths = curve.median * np.geomspace(0.01, 100.0, 60)
        chances = [curve.failure_probability(x) for x in strengths]
        assert (np.diff(chances) >= 0.0).all() and chances[0] < 1e-3 and chances[-1] > 1 - 1e-3
        assert curve.failure_probability(curve.median) == pytest.approx(0.5)
        assert curve.failure_probability(curve.median * np.exp(curve.sigma)) == pytest.approx(
            0.841345, abs=1e-6
        )
        assert curve.failure_probability(0.0) == 0.0


@pytest.mark.parametrize("hazard", HAZARDS)
def test_shares_of_failures_follow_the_curve(hazard):
    assets, curve = many("controller"), bundled_curves()[hazard, "controller"]
    strengths = draw_strengths(assets, hazard, KEY)
    for factor in (0.6, 1.0, 1.5):
        chance = curve.failure_probability(factor * curve.median)
        share = np.mean(strengths <= factor * curve.median)
        assert share == pytest.approx(chance, abs=4.0 * (chance * (1 - chance) / len(assets)) ** 0.5)


def test_who_fails_at_a_depth_also_fails_at_a_greater_one():
    assets = many("signal", 500)
    strengths, whole = draw_strengths(assets, "flood_depth", KEY), np.ones(500, np.bool_)
    failed = [
        set(find_failures(strengths, np.full(500, depth), whole)) for depth in (0.0, 0.3, 0.6, 1.2, 5.0)
    ]
    assert failed[0] == set() and len(failed[-1]) == 500
    assert all(a < b for a, b in pairwise(failed))
    assert len(find_failures(strengths, np.full(500, 5.0), ~whole)) == 0


def test_a_draw_depends_on_the_key_the_asset_and_the_hazard_only():
    strengths = draw_strengths(many("signal", 500), "flood_depth", KEY)
    fewer = draw_strengths(many("signal", 50), "flood_depth", KEY)
    assert np.array_equal(strengths[:50], fewer)
    other = draw_strengths(many("signal", 500), "flood_depth", np.array([1, 3], np.uint32))
    wind = draw_strengths(many("signal", 500), "wind_gust", KEY)
    assert abs(np.corrcoef(strengths, other)[0, 1]) < 0.2 and abs(np.corrcoef(strengths, wind)[0, 1]) < 0.2


def test_another_hazard_is_refused():
    with pytest.raises(InvalidInputError, match="earthquake"):
        draw_strengths(many("signal", 2), "earthquake", KEY)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("flood_depth,ft,cell,1,0.4,assumed,x", "flood_depth in m"),
        ("flood_depth,m,moon,1,0.4,assumed,x", "moon"),
        ("flood_depth,m,cell,one,0.4,assumed,x", "numbers"),
        ("flood_depth,m,cell,1,0,assumed,x", "above 0"),
        ("flood_depth,m,cell,1,0.4,guessed,x", "guessed"),
        ("flood_depth,m,cell cell,1,0.4,assumed,x", "already"),
        ("flood_depth,m,cell,1,0.4,assumed,x", "no curve for"),
    ],
)
def test_tables_that_are_not_sound_are_refused(tmp_path, row, message):
    path = tmp_path / "curves.csv"
    path.write_text(f"hazard,unit,kinds,median,sigma,basis,source\n{row}\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match=message):
        load_curves(path)
    with pytest.raises(InvalidInputError, match="No such file"):
        load_curves(tmp_path / "none.csv")
    path.write_text("a,b\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="columns"):
        load_curves(path)


def test_a_curve_can_be_given():
    assets = many("cell", 10)
    curves = {("flood_depth", "cell"): Curve(median=2.0, sigma=1e-9, basis="assumed", source="x")}
    assert draw_strengths(assets, "flood_depth", KEY, curves=curves) == pytest.approx(2.0)
