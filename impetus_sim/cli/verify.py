"""``impetus verify``: the verification suite, measured beside expected."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from impetus_sim.files import write_whole

if TYPE_CHECKING:
    from impetus_sim.verification.case import Case, Result

DEFAULT_PERSON_STEPS = 1_000_000


@click.command("verify", epilog="Example: impetus verify crowd --model all --html verification.html")
@click.argument("families", nargs=-1, metavar="[FAMILY]...")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="KIND",
    help="Judge this walking model, or 'all'; may be repeated. Left out: the documented default of each case.",
)
@click.option("--case", "only", multiple=True, metavar="ID", help="Only this case; may be repeated.")
@click.option(
    "--map",
    "city",
    metavar="CITY",
    help="With the family infrastructure: build that of this map and check its laws, instead of the cases.",
)
@click.option("--thorough", is_flag=True, help="Also the cases that need means over many seeds.")
@click.option(
    "--person-steps",
    type=click.IntRange(1000, 10**10),
    default=DEFAULT_PERSON_STEPS,
    show_default=True,
    help="Random person-steps tested against random walls.",
)
@click.option("--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Also write a report.")
@click.option(
    "--pictures",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="With the family trajectories: also draw measured beside simulated.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def verify_command(
    families: tuple[str, ...],
    *,
    models: tuple[str, ...],
    only: tuple[str, ...],
    city: str | None,
    thorough: bool,
    person_steps: int,
    page: Path | None,
    pictures: Path | None,
    as_json: bool,
) -> None:
    """Run verification cases of published guidelines and show measured beside expected values.

    FAMILY is crowd (the default: RiMEA, IMO, NIST, ISO and numerical laws, judged with the design set), traffic
    (closed forms of queues, waves, junctions and signals), cyber (times to compromise), infrastructure (power,
    water, telecom and what depends on them; with --map CITY the laws of what is built from that map), sensing,
    detection (run lengths, scores, egress, false telemetry), hazards, response or
    trajectories (laboratory experiments, judged with the laboratory set; needs the data in IMPETUS_DATA).
    Exits with 1 when a case fails.
    """
    from impetus_sim.engine.warmup import warm_up
    from impetus_sim.verification.case import Effort
    from impetus_sim.verification.suite import DEFAULT_FAMILIES, list_cases, run_case, run_suite

    chosen = families or DEFAULT_FAMILIES
    for family in chosen:
        list_cases(family)  # an unknown family is said before anything runs
    _require_folders(page, pictures, chosen)
    cases = _cases_of_map(city, chosen, only)
    warm_up(_say)
    results = [run_case(case, effort=Effort(model="")) for case in cases] or [
        result
        for family in chosen
        for result in run_suite(
            family,
            models or None,
            person_steps=person_steps,
            thorough=thorough,
            only=only,
            progress=None if as_json else _say,
        )
    ]
    if page is not None:
        from impetus_sim.verification.page import write_page

        options = [*(f"--model {model}" for model in models), *(f"--case {case}" for case in only)]
        options += [f"--map {city}"] if city else []
        options += ["--thorough"] if thorough else []
        options += [f"--person-steps {person_steps}"] if person_steps != DEFAULT_PERSON_STEPS else []
        command = " ".join(["impetus", "verify", *chosen, *options])
        write_whole(page, write_page(results, families=chosen, command=command).encode())
    if pictures is not None:
        from impetus_sim.report.trajectory_pictures import draw_pictures

        for path in draw_pictures(pictures):
            _say(f"drawn: {path}")
    n_failed = sum(not result.passed for result in results)
    if as_json:
        document = {
            "cases": [result.to_dict() for result in results],
            "passed": len(results) - n_failed,
            "failed": n_failed,
        }
        click.echo(json.dumps(_finite(document), ensure_ascii=False, allow_nan=False))
    else:
        _print_table(results)
        click.echo(
            f"{len(results) - n_failed} passed, {n_failed} failed" + (f"; report: {page}" if page else "")
        )
    if n_failed:
        sys.exit(1)


def _require_folders(page: Path | None, pictures: Path | None, families: Sequence[str]) -> None:
    from impetus_sim.errors import InvalidInputError

    if page is not None and not page.absolute().parent.is_dir():
        raise InvalidInputError(
            f"--html: there is no folder '{page.absolute().parent}'", hint="create it first"
        )
    if pictures is not None and not pictures.is_dir():
        raise InvalidInputError(f"--pictures: there is no folder '{pictures}'", hint="create it first")
    if pictures is not None and "trajectories" not in families:
        raise InvalidInputError(
            "--pictures shows measured trajectories", hint="impetus verify trajectories --pictures FOLDER"
        )


def _cases_of_map(ref: str | None, families: Sequence[str], only: Sequence[str]) -> list[Case]:
    """Return the laws of what is built from a map, or none where no map is named."""
    if ref is None:
        return []
    from impetus_sim.errors import InvalidInputError
    from impetus_sim.maps.load import open_city
    from impetus_sim.verification.infrastructure.city import city_cases

    if list(families) != ["infrastructure"]:
        raise InvalidInputError(
            "--map checks an infrastructure", hint=f"impetus verify infrastructure --map {ref}"
        )
    cases = city_cases(open_city(ref, progress=_say))
    unknown = sorted(set(only) - {case.id for case in cases})
    if unknown:
        ids = ", ".join(case.id for case in cases)
        raise InvalidInputError(f"a map has no case '{unknown[0]}'", hint=f"one of {ids}")
    return [case for case in cases if not only or case.id in only]


def _say(text: str) -> None:
    click.echo(text, err=True)


def _finite(value: object) -> object:
    """Return plain data with numbers that JSON cannot hold (a time that was never reached) as null."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value


def _print_table(results: Sequence[Result]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Verification", title_justify="left")
    for heading in ("case", "title", "model", "expected", "measured", "result"):
        table.add_column(heading, no_wrap=heading == "result")
    for result in results:
        word = Text("passed", style="green") if result.passed else Text("FAILED", style="bold red")
        case = result.case
        table.add_row(case.id, Text(case.title), result.model, Text(case.expected), Text(result.text), word)
    Console(width=None if sys.stdout.isatty() else 160).print(table)
