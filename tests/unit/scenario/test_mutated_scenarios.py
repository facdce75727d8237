"""300 mutated scenario files: a list of problems with file and line, never another exception."""

from __future__ import annotations

import random
from pathlib import Path

from impetus_sim.scenario.load import check_files

N_FILES = 300


def _mutate(lines: list[str], random_: random.Random) -> None:
    k = random_.randrange(len(lines))
    line = lines[k]
    lines[k] = random_.choice(
        [
            line.replace(":", " ", 1),
            line + " : : ][",
            line[: len(line) // 2],
            line + "\n  zzz_unknown: 3",
            line.replace("1", "-1e999"),
            "\x00" + line,
            line.replace("0", "9" * 30),
            line.replace(" ", "\t", 1),
            line.replace("{", "[", 1),
            line.replace("s", ".nan", 1),
            line + "\n" + line,
            line.replace(":", ": &a *a", 1),
            line.replace(":", ": !!set", 1),
            line.replace(":", ": '", 1),
            " " + line,
            line.replace("a", "\u00e4\u202e", 1),
            line.replace("1", "-1", 1),
            line.replace(":", ": null #", 1),
        ]
    )


def test_mutated_files_give_problems_only(scenario_file: Path, tmp_path: Path) -> None:
    random_ = random.Random(5)
    source = scenario_file.read_text("utf-8").splitlines()
    before = sorted(tmp_path.iterdir())
    refused = 0
    path = tmp_path / "mutant.yaml"
    for _ in range(N_FILES):
        lines = list(source)
        for _ in range(random_.randint(1, 3)):
            _mutate(lines, random_)
        path.write_text("\n".join(lines), "utf-8")
        problems = check_files([path], places=False)
        refused += bool(problems)
        for problem in problems:
            assert problem.file == str(path)
            assert problem.line > 0
            assert problem.column > 0
            assert problem.message
            str(problem).encode()
    path.unlink()
    assert refused >= N_FILES // 2
    assert sorted(tmp_path.iterdir()) == before
