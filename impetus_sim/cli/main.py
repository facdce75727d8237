"""``impetus``: the list of commands, and how errors become messages and exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from impetus_sim.errors import ImpetusError, InvalidFilesError, InvalidInputError
from impetus_sim.version import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "animate": ("impetus_sim.cli.animate:animate_command", "Draw a recording as a picture."),
    "bench": ("impetus_sim.cli.bench:bench_command", "Measure the speed of this machine against a peer."),
    "brief": ("impetus_sim.cli.brief:brief_group", "Check a brief before it is signed."),
    "branch": ("impetus_sim.cli.branch:branch_command", "Go on from a moment of a recording, with a change."),
    "calibrate": ("impetus_sim.cli.calibrate:calibrate_command", "Fit a scenario to what was observed."),
    "compare": ("impetus_sim.cli.compare:compare_command", "Compare options on common random numbers."),
    "cyber": ("impetus_sim.cli.cyber:cyber_group", "Plan the defence of a city's control network."),
    "demo": ("impetus_sim.cli.demo:demo_command", "Run the main job on a real city, offline."),
    "detect": ("impetus_sim.cli.detect:detect_group", "Score detectors of a run or of a plant's record."),
    "doctor": ("impetus_sim.cli.doctor:doctor_command", "Tell whether this machine is ready."),
    "experiment": ("impetus_sim.cli.experiment:experiment_command", "Run a design over a scenario's keys."),
    "export": ("impetus_sim.cli.export:export_command", "Write a recording for other tools."),
    "explain": ("impetus_sim.cli.explain:explain_command", "Print what caused what in a recording."),
    "info": ("impetus_sim.cli.info:info_command", "Show what a recording holds."),
    "init": ("impetus_sim.cli.init:init_command", "Write a starter scenario for a map."),
    "library": ("impetus_sim.cli.library:library_group", "Run situations ahead; match counts to them."),
    "map": ("impetus_sim.cli.map:map_group", "Build, check and show maps."),
    "plan": ("impetus_sim.cli.plan:plan_command", "Find the best sets of interventions within limits."),
    "replay": ("impetus_sim.cli.replay:replay_command", "Play recordings in a browser, and branch."),
    "report": ("impetus_sim.cli.report:report_command", "Write the brief of a study or a run."),
    "run": ("impetus_sim.cli.run:run_command", "Run a scenario once and record it."),
    "schema": ("impetus_sim.cli.schema:schema_command", "Print the JSON Schema of scenario files."),
    "validate": ("impetus_sim.cli.validate:validate_command", "Check scenario files and list every error."),
    "verify": ("impetus_sim.cli.verify:verify_command", "Run the verification suite."),
}
"""Command name to where it lives and its one-line help; modules are imported when the command runs."""

INTERRUPTED = 130
_INTERRUPTED = "interrupted: what was finished is kept"


class LazyGroup(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: impetus demo. Every command has --help with an example.",
)
@click.version_option(__version__, prog_name="impetus")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Agent-based urban crisis simulation: people, hazards and interventions on real city maps."""
    del debug  # read in `main`, before any command runs


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code.

    Exit codes: 0 done; 1 a check did not hold or a run failed; 2 invalid input; 130 interrupted.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    is_debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    _log_to_stderr()
    try:
        cli.main(words, prog_name="impetus", standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code if error.exit_code else 2)
    except (KeyboardInterrupt, click.Abort):
        _say(_INTERRUPTED)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        _drop_output()
        sys.exit(0)
    except Exception as error:
        if is_debug:
            raise
        if _came_of_interrupt(error):
            _say(_INTERRUPTED)
            sys.exit(INTERRUPTED)
        sys.exit(_report(error))
    sys.exit(0)


def _came_of_interrupt(error: BaseException | None) -> bool:
    """Tell whether an error was raised while Ctrl-C was dealt with: a second one can break a lock's release."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False


def _report(error: Exception) -> int:
    # Every message is one thing to act on; a traceback is for --debug.
    if isinstance(error, InvalidFilesError):
        _say(str(error))
        return error.exit_code
    if isinstance(error, ImpetusError):
        _say(f"error: {error.message}" + (f" (try: {error.hint})" if error.hint else ""))
        return error.exit_code
    if isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError | PermissionError):
        _say(f"error: {error.strerror}: '{error.filename}'")
        return InvalidInputError.exit_code
    if isinstance(error, OSError):
        _say(f"error: {error.strerror or error}" + (f": '{error.filename}'" if error.filename else ""))
        return ImpetusError.exit_code
    if isinstance(error, MemoryError):
        _say("error: out of memory (try: fewer people, a smaller crowd.focus, or a shorter duration)")
        return ImpetusError.exit_code
    _say(
        f"error: this should not have happened: {type(error).__name__}: {error} "
        "(try: the same command with --debug, and report what it prints)"
    )
    return ImpetusError.exit_code


def _say(text: str) -> None:
    click.echo(text, err=True)


def _drop_output() -> None:
    # The reader of our output has gone (for instance `| head`): close quietly.
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())


def _log_to_stderr() -> None:
    import logging

    handler: logging.Handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    root: Any = logging.getLogger("impetus_sim")
    root.handlers[:] = [handler]
    root.propagate = False
