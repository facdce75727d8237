"""``impetus compare``: options against a baseline on common random numbers."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from impetus_sim.cli.computing import choose_computing, computing_options

if TYPE_CHECKING:
    from impetus_sim.planning.comparison.study import Study


@click.command("compare")
@click.argument("base", metavar="BASE")
@click.argument("options", metavar="OPTION...", nargs=-1, required=True)
@click.option("-o", "--output", "folder", metavar="DIR", required=True, type=click.Path(path_type=Path))
@click.option("--replicates", type=int, help="Exactly so many paired runs of each option.")
@click.option("--precision", type=float, help="Stop at this share of the baseline's mean.  [default: 0.05]")
@click.option("--confidence", type=float, default=0.95, show_default=True, help="Of every interval.")
@click.option("--max-replicates", type=int, help="Stop here in any case.  [default: 50]")
@click.option(
    "--select",
    is_flag=True,
    help="Only look for the best option: those that cannot be best any more get no further runs.",
)
@click.option(
    "--metric",
    help="The metric to decide by.  [default: mean_egress_time, or total_delay with nobody on foot]",
)
@computing_options
@click.option("--seed", type=int, help="Root of all randomness.  [default: the baseline's]")
@click.option(
    "--keep",
    type=click.Choice(["first", "none", "all"]),
    default="first",
    show_default=True,
    help="Recordings to keep: replicate 0 of each option, none, or all.",
)
@click.option(
    "--detail", is_flag=True, help="Also quantiles, worst 5 %, regret and bootstrap interval of each measure."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def compare_command(
    base: str,
    options: tuple[str, ...],
    *,
    folder: Path,
    replicates: int | None,
    precision: float | None,
    confidence: float,
    max_replicates: int | None,
    select: bool,
    metric: str | None,
    seed: int | None,
    keep: Any,
    detail: bool,
    as_json: bool,
    **computing: Any,
) -> None:
    """Compare options with a baseline on the same random numbers, until the difference is known well enough.

    BASE is a scenario file; each OPTION is a file that extends it, BASE.yaml:variant, or :variant for
    short. Started again with the same DIR, it goes on where it stopped.

    \b
    Examples:
      impetus compare square.yaml warn_early.yaml --replicates 20 -o study
      impetus compare square.yaml :open_north :warn_early --precision 0.05 -o study
      impetus compare square.yaml :open_north --scheduler tcp://host:8786 -o study
    """
    run_comparison(
        base,
        options,
        folder=folder,
        replicates=replicates,
        precision=precision,
        confidence=confidence,
        max_replicates=max_replicates,
        select=select,
        metric=metric,
        seed=seed,
        keep=keep,
        detail=detail,
        as_json=as_json,
        **computing,
    )


def run_comparison(
    base: str,
    options: tuple[str, ...],
    *,
    folder: Path,
    replicates: int | None = None,
    precision: float | None = None,
    confidence: float = 0.95,
    max_replicates: int | None = None,
    select: bool = False,
    metric: str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    reuse: tuple[Path, ...] = (),
    seed: int | None = None,
    keep: Any = "first",
    detail: bool = False,
    as_json: bool = False,
) -> Study:
    """Compare, write the pages, and print; the work behind ``impetus compare`` and ``impetus demo``."""
    from rich.console import Console

    from impetus_sim.cli.run_bar import RunBar
    from impetus_sim.errors import InvalidInputError
    from impetus_sim.planning.comparison.compare import compare
    from impetus_sim.scenario.load import load_scenario

    if replicates is not None and (precision is not None or max_replicates is not None):
        raise InvalidInputError(
            "--replicates was given together with --precision or --max-replicates",
            hint="a fixed number, or a precision to reach: give one of the two",
        )
    computing = choose_computing(workers=workers, scheduler=scheduler, reuse=reuse)
    references = resolve_options(base, options)
    baseline = load_scenario(base)
    scenarios = {name: load_scenario(reference) for name, reference in references.items()}
    messages = Console(stderr=True)
    with RunBar(messages, what="paired runs", folder=folder) as progress:
        study = compare(
            baseline,
            scenarios,
            seed=seed,
            replicates=replicates,
            precision=0.05 if precision is None else precision,
            confidence=confidence,
            max_replicates=50 if max_replicates is None else max_replicates,
            select=select,
            metric=metric,
            **computing,
            keep=keep,
            folder=folder,
            progress=progress,
        )
    study.note_command(write_command(base, options, study))
    show_study(study, pages=write_pages(study), detail=detail, as_json=as_json)
    return study


def resolve_options(base: str, options: tuple[str, ...]) -> dict[str, str]:
    """Return name to scenario reference for the options of a command line.

    Raises
    ------
    InvalidInputError
        When two options would have the same name.
    """
    from impetus_sim.errors import InvalidInputError

    references: dict[str, str] = {}
    for option in options:
        reference = split_reference(base)[0] + option if option.startswith(":") else option
        file, variant = split_reference(reference)
        name = variant or Path(file).stem
        if name in references:
            raise InvalidInputError(f"two options are named '{name}'", hint="rename one of the files")
        references[name] = reference
    return references


def split_reference(reference: str) -> tuple[str, str]:
    """Split ``file.yaml:variant`` into file and variant (empty when there is none)."""
    file, separator, variant = reference.rpartition(":")
    if separator and file.endswith((".yaml", ".yml")):
        return file, variant
    return reference, ""


def write_command(base: str, options: tuple[str, ...], study: Study) -> str:
    """Return the command that repeats a study, in another folder if need be."""
    rule = study.comparison["rule"]
    names = {
        "replicates": "--replicates",
        "precision": "--precision",
        "max_replicates": "--max-replicates",
        "confidence": "--confidence",
    }
    settings = [
        text for key, name in names.items() if rule[key] is not None for text in (name, f"{rule[key]:g}")
    ]
    settings += ["--select"] if rule.get("select") else []
    seed = study.comparison["seeds"][0]["seed"]
    fixed = ["--metric", study.primary, "--seed", str(seed), "-o", str(study.folder.name)]
    return shlex.join(["impetus", "compare", base, *options, *settings, *fixed])


def write_pages(study: Study) -> dict[str, Path]:
    """Draw the picture and write the brief of a study into its folder."""
    from impetus_sim.report.brief.write import render_brief
    from impetus_sim.report.comparison_picture import save_comparison_picture

    content = study.content()
    return {
        "picture": save_comparison_picture(content, study.folder / "comparison.png"),
        "brief": render_brief(content, study.folder / "brief.html"),
    }


def show_study(study: Study, *, pages: Mapping[str, Path], as_json: bool, detail: bool = False) -> None:
    """Print a study: one JSON document, or tables, the answer and where everything stands."""
    from rich.console import Console

    from impetus_sim.cli.compare_table import build_tables

    if as_json:
        paths = {name: str(path) for name, path in pages.items()}
        click.echo(json.dumps({**study.comparison, "folder": str(study.folder), **paths}))
        return
    console = Console()
    for table in build_tables(study, has_details=detail):
        console.print(table)
    console.print(study.answer, highlight=False)
    for name, path in {"results": study.folder, **pages}.items():
        console.print(f"{name}: {path}", highlight=False, soft_wrap=True)
