"""Ctrl-C ends a command with 130, also a second one that breaks what the first had begun to tidy."""

import pytest

from impetus_sim.cli import main as command_line


def interrupted_twice(*_: object, **__: object) -> None:
    try:
        raise KeyboardInterrupt
    finally:
        raise RuntimeError("release unlocked lock")


def broken(*_: object, **__: object) -> None:
    raise RuntimeError("something else")


@pytest.mark.parametrize(
    ("outcome", "code", "said"), [(interrupted_twice, 130, "kept"), (broken, 1, "--debug")]
)
def test_an_interrupt_is_told_from_a_fault(monkeypatch, capsys, outcome, code, said) -> None:
    monkeypatch.setattr(command_line.cli, "main", outcome)
    with pytest.raises(SystemExit) as stop:
        command_line.main(["info"])
    assert stop.value.code == code
    assert said in capsys.readouterr().err
