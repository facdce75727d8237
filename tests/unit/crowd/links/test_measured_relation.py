"""The measured relation of speed to density: near the walking model's own speeds, and kept on disk."""

import numpy as np
import pytest

from impetus_sim import registry
from impetus_sim.crowd.links import measure
from impetus_sim.crowd.links.measure import DENSITIES, Walker, measure_relation, measure_share

WALKER = Walker(radius=0.2, time_gap=0.5, speeds=(1.0, 1.2, 1.34, 1.48, 1.68))


@pytest.fixture
def spec():
    return registry.catalogue("walking_models")["collision_free_speed"].Spec()


@pytest.fixture
def relation(spec, warm):
    return measure_relation(spec, WALKER, step_s=0.05, jam_density=5.4)


@pytest.mark.parametrize("density", [0.4, 0.9, 1.7, 2.3, 2.8])
def test_speed_does_not_jump_at_equal_density(spec, relation, density):
    """Other people at densities between the measured ones walk within 10 % of what the link says."""
    walked = np.mean([measure_share(spec, WALKER, density, step_s=0.05, seed=seed) for seed in (11, 12)])
    assert float(relation.at(density)) == pytest.approx(walked, rel=0.1)


def test_relation_falls_and_ends_at_the_jam(relation):
    assert relation.share[0] == 1.0
    assert (np.diff(relation.share) <= 0.0).all()
    assert relation.share[-1] <= 0.02
    assert 0.8 < relation.capacity < 2.5


def test_it_is_measured_once(spec, relation, monkeypatch):
    def again(*_, **__):
        raise AssertionError("measured again")

    monkeypatch.setattr(measure, "measure_share", again)
    same = measure_relation(spec, WALKER, step_s=0.05, jam_density=5.4)
    assert np.array_equal(same.share, relation.share)
    with pytest.raises(AssertionError, match="measured again"):
        measure_relation(spec, WALKER, step_s=0.04, jam_density=5.4)
    assert len(DENSITIES) == 8
