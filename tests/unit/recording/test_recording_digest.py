"""The digest sees every bit, every name and every shape, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from impetus_sim.arrays import Table
from impetus_sim.recording.digest import DigestChain

DTYPES = {
    "x": np.float64,
    "tick": np.int64,
    "state": np.uint8,
    "flag": np.bool_,
    "v": (np.float32, 2),
    "kind": "S5",
    "text": "U3",
}


class Plain:
    """The least that the chain asks of a table."""

    def __init__(self, name, **columns):
        self.name, self.columns = name, columns


def make_table(name="crowd", n_rows=4):
    table = Table(name, n_rows, DTYPES)
    table.x[:] = np.linspace(0, 1, n_rows)
    table.tick[:] = np.arange(n_rows)
    table.kind[:] = b"ab"
    table.text[:] = "é"
    return table


def chain_of(*states):
    chain = DigestChain()
    for tick, systems in enumerate(states):
        chain.update(tick, systems)
    return chain


@pytest.mark.parametrize("column", list(DTYPES))
@pytest.mark.parametrize("when", [0, 1])
def test_one_bit_of_any_column_at_any_time_changes_the_digest(column, when):
    before = chain_of(*[{"crowd": [make_table()]} for _ in range(3)])
    size = make_table().columns[column].nbytes
    for byte in {0, size // 2, size - 1} if column != "flag" else {0, size - 1}:
        tables = [make_table() for _ in range(3)]
        tables[when].columns[column].reshape(-1).view(np.uint8)[byte] ^= 1
        after = chain_of(*[{"crowd": [table]} for table in tables])
        assert after.value != before.value and after.parts != before.parts


def test_the_same_state_gives_the_same_digest_in_any_order():
    a, b = make_table("a"), make_table("b")
    one, other = DigestChain(), DigestChain()
    one.update(5, {"p": [a, b], "q": [a]})
    other.update(5, {"q": [a], "p": [b, a]})
    assert one.value == other.value and len(one.value) == 64


def test_byte_order_and_layout_in_memory_do_not_matter():
    swapped = {
        name: np.asfortranarray(column.astype(column.dtype.newbyteorder(">")))
        for name, column in make_table().columns.items()
    }
    assert chain_of({"crowd": [Plain("crowd", **swapped)]}).value == chain_of({"crowd": [make_table()]}).value


def test_names_shapes_dtypes_and_ticks_count():
    variants = [
        (0, {"s": [Plain("t", a=np.zeros(4))]}),
        (1, {"s": [Plain("t", a=np.zeros(4))]}),
        (0, {"r": [Plain("t", a=np.zeros(4))]}),
        (0, {"s": [Plain("u", a=np.zeros(4))]}),
        (0, {"s": [Plain("t", b=np.zeros(4))]}),
        (0, {"s": [Plain("t", a=np.zeros((2, 2)))]}),
        (0, {"s": [Plain("t", a=np.zeros(4, np.int64))]}),
        (0, {"s": [Plain("t", a=np.full(4, -0.0))]}),
        (0, {"s": [Plain("t", a=np.zeros(4), b=np.zeros(0))]}),
        (0, {"s": [Plain("t")]}),
        (0, {"s": []}),
        (0, {}),
        (0, {"s": [], "t": []}),
    ]
    values = set()
    for tick, systems in variants:
        chain = DigestChain()
        chain.update(tick, systems)
        values.add(chain.value)
    assert len(values) == len(variants)


def test_systems_do_not_touch_each_others_parts():
    alone = chain_of({"crowd": [make_table()]}, {"crowd": [make_table()]})
    both = chain_of({"crowd": [make_table()], "smoke": [make_table("s")]}, {"crowd": [make_table()]})
    assert both.parts["crowd"] == alone.parts["crowd"] and both.value != alone.value


def test_a_chain_goes_on_from_a_checkpoint():
    whole = chain_of({"crowd": [make_table()]}, {"crowd": [make_table()]})
    first = chain_of({"crowd": [make_table()]})
    again = DigestChain.from_attributes({"other": 3, **first.to_attributes()})
    again.update(1, {"crowd": [make_table()]})
    assert again.value == whole.value != first.value
    with pytest.raises(ValueError, match="digest chain"):
        DigestChain.from_attributes({})


def test_columns_of_objects_have_no_digest():
    with pytest.raises(TypeError, match="column 'a'"):
        DigestChain().update(0, {"s": [Plain("t", a=np.array([None]))]})
