"""Reading case files, and what is said of those that cannot be read."""

import numpy as np
import pytest

from impetus_sim.errors import InvalidInputError
from impetus_sim.infrastructure.power.matpower import read_matpower

CASE = """function mpc = tiny
mpc.version = '2';
mpc.baseMVA = 100;
%% a comment; with = [ brackets ]
mpc.bus = [
\t10\t3\t0\t0\t0\t0\t1\t1\t0\t230\t1\t1.1\t0.9;
\t20\t1\t50\t0\t5\t0\t1\t1\t0\t230\t1\t1.1\t0.9; % conductance
\t30\t1\t0\t0\t0\t0\t1\t1\t0\t230\t1\t1.1\t0.9;
\t40\t4\t9\t0\t0\t0\t1\t1\t0\t230\t1\t1.1\t0.9;
];
mpc.gen = [
\t10\t60\t0\t99\t-99\t1\t100\t1\t99\t0;
\t30\t7\t0\t99\t-99\t1\t100\t0\t99\t0;
];
mpc.branch = [
\t10\t20\t0.01\t0.1\t0\t80\t0\t0\t0\t0\t1\t-360\t360;
\t10\t30\t0.01\t0.1\t0\t0\t0\t0\t0.5\t30\t1\t-360\t360;
\t20\t30\t0.01\t0.1\t0\t0\t0\t0\t0\t0\t0\t-360\t360;
\t30\t40\t0.01\t0.1\t0\t0\t0\t0\t0\t0\t1\t-360\t360;
];
"""


@pytest.fixture
def read(tmp_path):
    """Return a function that writes text to a file and reads it as a case."""

    def read(text):
        path = tmp_path / "tiny.m"
        path.write_text(text, "utf-8")
        return read_matpower(path)

    return read


def test_what_is_in_service(read):
    network = read(CASE)
    np.testing.assert_array_equal(network.bus_id, [10, 20, 30])
    np.testing.assert_array_equal(network.load_mw, [0.0, 55.0, 0.0])
    np.testing.assert_array_equal(network.generation_mw, [60.0, 0.0, 0.0])
    np.testing.assert_array_equal(network.branch_id, [0, 1, 2])
    np.testing.assert_array_equal(network.is_in, [True, True, False])
    np.testing.assert_allclose(network.susceptance_mw, [1000.0, 2000.0, 1000.0])
    np.testing.assert_allclose(network.shift_rad, [0.0, np.pi / 6, 0.0])
    np.testing.assert_array_equal(network.rating_mw, [80.0, np.inf, np.inf])
    units = network.units()
    np.testing.assert_array_equal(units.bus, [0, 2])
    np.testing.assert_array_equal(units.is_in, [True, False])
    np.testing.assert_array_equal(units.most_mw, [99.0, 99.0])
    np.testing.assert_array_equal(units.ramp_mw_min, [np.inf, np.inf])
    np.testing.assert_array_equal(network.base_injections_mw(), [55.0, -55.0, 0.0])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("mpc.gen = [", "mpc.generators = [", "no table mpc.gen"),
        ("mpc.baseMVA = 100;", "", "no table mpc.baseMVA"),
        ("10\t20\t0.01\t0.1", "10\t25\t0.01\t0.1", r"tiny.m:16: mpc.branch names bus 25"),
        ("20\t1\t50", "20\tone\t50", r"tiny.m:7:5: 'one' in mpc.bus is no number"),
        ("\t0\t0\t0\t0.5\t30\t1\t-360\t360;", ";", r"tiny.m:17: 5 columns in mpc.branch, at least 11"),
        ("\t20\t1\t50", "\t10\t1\t50", "a bus number twice"),
        ("mpc.baseMVA = 100;", "mpc.baseMVA = 0;", r"tiny.m:3: mpc.baseMVA is '0'"),
        ("10\t20\t0.01\t0.1", "10\t20\t0.01\t0", r"tiny.m:16: a branch has no reactance"),
        ("0.01\t0.1", "0.01\tnan", r"tiny.m:16:13: 'nan' in mpc.branch is no number"),
        ("];\nmpc.gen", "];\nmpc.bus(:, 3) = 0;\nmpc.gen", r"tiny.m:11: the file computes with its tables"),
    ],
)
def test_what_cannot_be_read(read, old, new, said):
    assert old in CASE
    with pytest.raises(InvalidInputError, match=said):
        read(CASE.replace(old, new, 1))


def test_a_network_without_reference_cannot_be_balanced(read):
    with pytest.raises(InvalidInputError, match=r"tiny.m: no bus of mpc.bus is of type 3"):
        read(CASE.replace("10\t3\t0", "10\t2\t0"))
