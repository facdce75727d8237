"""`impetus schema`: JSON Schema of scenario files for editors, and the ODD protocol of the engine."""

from __future__ import annotations

import json
from pathlib import Path

import click

from impetus_sim.errors import InvalidInputError


@click.command(name="schema", epilog="Example: impetus schema -o scenario.schema.json")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to a file.")
@click.option("--odd", "as_odd", is_flag=True, help="The ODD protocol of the engine instead, as Markdown.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (the schema is one anyway).")
def schema_command(output: Path | None, as_odd: bool, as_json: bool) -> None:
    """Print the JSON Schema of scenario files, with every hazard, intervention and walking model.

    Editors that know it complete keys and mark faults while typing. In VS Code with the YAML extension, put
    `# yaml-language-server: $schema=scenario.schema.json` on the first line of a scenario.

    With --odd the model is described by the ODD protocol (Grimm et al. 2020), with every parameter, its unit,
    default and meaning; `impetus export RUN.h5 --to odd` describes one run.
    """
    text = _odd() if as_odd else _schema()
    if output is None:
        click.echo(json.dumps({"odd": text}) if as_odd and as_json else text)
        return
    try:
        output.write_text(text + "\n", "utf-8")
    except OSError as error:
        raise InvalidInputError(f"cannot write '{output}': {error.strerror}") from error
    what = "odd" if as_odd else "schema"
    click.echo(json.dumps({what: str(output)}) if as_json else f"{what}: {output}")


def _schema() -> str:
    from impetus_sim.scenario.schema import scenario_schema

    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False)


def _odd() -> str:
    from impetus_sim.analysis.export.odd.document import describe_engine

    return describe_engine()
