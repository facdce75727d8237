import numpy as np

from impetus_sim.world.cover import Cover
from impetus_sim.world.coverage import Coverage


def of(x):
    return np.array(x, float)


def test_a_phone_is_with_the_nearest_cell_that_works():
    coverage = Coverage(Cover(of([0, 100]), of([0, 0]), of([80, 80])))
    coverage.table.delivered[:] = [0.5, 0.9]
    assert coverage.delivered_at(of([10, 45, 55, 90, 300]), of([0, 0, 0, 0, 0])).tolist() == [
        0.5,
        0.5,
        0.9,
        0.9,
        0.0,
    ]


def test_where_a_cell_fails_a_neighbour_in_range_takes_over():
    coverage = Coverage(Cover(of([0, 100]), of([0, 0]), of([80, 80])))
    coverage.table.delivered[0] = 0.0
    assert coverage.delivered_at(of([10, 45]), of([0, 0])).tolist() == [0.0, 1.0]
