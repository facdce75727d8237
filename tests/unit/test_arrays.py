import numpy as np

from impetus_sim.arrays import Table


def table_of(n):
    table = Table("t", 0, {"a": "i8", "b": ("f8", 2)})
    for k in range(n):
        assert table.append({"a": k, "b": [k, -k]}) == k
    return table


def test_rows_appended_one_by_one_are_all_there():
    table = table_of(100)
    assert table.a.tolist() == list(range(100))
    assert table.b[:, 1].tolist() == [-k for k in range(100)]
    assert len(table) == 100


def test_what_was_read_before_an_append_stays_as_it_was():
    table = table_of(3)
    before = table.a
    table.append({"a": 7, "b": [0, 0]})
    assert before.tolist() == [0, 1, 2]


def test_rows_are_appended_to_what_was_loaded_or_kept():
    table = table_of(10)
    table.load({"a": np.arange(4), "b": np.zeros((4, 2))})
    table.append({"a": 9, "b": [1, 1]})
    assert table.a.tolist() == [0, 1, 2, 3, 9]
    table.keep(table.a > 2)
    table.append({"a": 5, "b": [1, 1]})
    assert table.a.tolist() == [3, 9, 5]


def test_two_tables_that_share_a_column_do_not_share_what_is_appended():
    first = table_of(2)
    second = Table("u", 0, {"a": "i8", "b": ("f8", 2)})
    second.load(first.columns)
    first.append({"a": 10, "b": [0, 0]})
    second.append({"a": 20, "b": [0, 0]})
    assert first.a.tolist() == [0, 1, 10] and second.a.tolist() == [0, 1, 20]
