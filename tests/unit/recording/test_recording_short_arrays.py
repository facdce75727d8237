"""Short arrays, of which a checkpoint has hundreds, lie in a recording as h5py itself writes them."""

import h5py
import numpy as np
import pytest

from impetus_sim.recording.encode import read_array, write_array
from impetus_sim.recording.image import build_image

ARRAYS = {
    "empty": np.zeros(0),
    "empty_pairs": np.zeros((0, 2), np.int16),
    "number": np.float64(4.0),
    "flags": np.array([True, False]),
    "bytes": np.array([b"ab", b""], "S4"),
    "swapped": np.arange(6, dtype=">f4").reshape(3, 2),
    "half": np.ones(3, np.float16),
    "every_second": np.arange(20).reshape(4, 5)[:, ::2],
}


@pytest.mark.parametrize("name", list(ARRAYS))
def test_the_bytes_are_those_of_h5py(name):
    array = ARRAYS[name]
    assert build_image(lambda file: write_array(file, name, array)) == build_image(
        lambda file: file.create_dataset(name, data=array)
    )


def test_they_read_back_as_they_were(tmp_path):
    with h5py.File(tmp_path / "short.h5", "w") as file:
        for name, array in ARRAYS.items():
            write_array(file, name, array)
            held = read_array(file[name])
            assert np.asarray(held).dtype == array.dtype
            assert np.array_equal(held, array)


def test_a_name_beyond_ascii(tmp_path):
    with h5py.File(tmp_path / "named.h5", "w") as file:
        write_array(file, "größe_m", np.arange(3))
        assert list(file) == ["größe_m"]
        assert np.array_equal(read_array(file["größe_m"]), [0, 1, 2])
