"""The options of a comparison: their names, titles and maps, and what they must have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from impetus_sim.errors import InvalidInputError

BASE_NAME = "baseline"
"""Name of the first option in every table."""


class ComparedScenario(Protocol):
    """What a comparison asks of a scenario."""

    @property
    def title(self) -> str:
        """Words for people."""

    @property
    def digest(self) -> str:
        """Digest of the resolved text."""

    def to_text(self) -> str:
        """Return the canonical resolved text."""


def require_equal_durations(scenarios: Mapping[str, Any]) -> None:
    """Raise when an option runs for another time than the baseline: sums over time could not be compared."""
    durations = {
        name: getattr(getattr(each, "time", None), "duration", None) for name, each in scenarios.items()
    }
    for name, duration in durations.items():
        if duration != durations[BASE_NAME]:
            raise InvalidInputError(
                f"option '{name}' runs for {duration} s, the baseline for {durations[BASE_NAME]} s",
                hint="give both the same time.duration",
            )


def choose_seed(base: Any, given: int | None) -> int:
    """Return the seed that was given, else the one that the baseline scenario names, else 1."""
    if given is not None:
        return given
    seed = getattr(getattr(base, "run", None), "seed", None)
    return 1 if seed is None else int(seed)


def name_options(options: Mapping[str, Any] | Sequence[Any]) -> dict[str, Any]:
    """Return options by name: as given, else by file or title.

    Raises
    ------
    InvalidInputError
        When there is none, or two share a name, or a name cannot be a file name.
    """
    pairs: Iterable[tuple[str, Any]]
    if isinstance(options, Mapping):
        pairs = options.items()
    else:
        pairs = [(_name_scenario(option), option) for option in options]
    named: dict[str, Any] = {}
    for name, option in pairs:
        if name in named or name == BASE_NAME:
            raise InvalidInputError(f"two options are named '{name}'", hint="give each its own name")
        if not name or not all(letter.isalnum() or letter in "-_. " for letter in name):
            raise InvalidInputError(f"option name '{name}'", hint="use letters, digits, '-', '_' and '.'")
        named[name] = option
    if not named:
        raise InvalidInputError("no option to compare with the baseline", hint="give at least one")
    return named


def _name_scenario(scenario: Any) -> str:
    source = getattr(scenario, "source", None)
    variant = getattr(scenario, "variant", None)
    name = variant or (Path(source).stem if source else scenario.title)
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in str(name))


def title_options(scenarios: Mapping[str, ComparedScenario]) -> dict[str, str]:
    """Return what each option is called in sentences: its variant's title, its own, or else its name."""
    base, *names = scenarios
    titles = {base: scenarios[base].title}
    for name in names:
        title = _variant_title(scenarios[name]) or scenarios[name].title
        if title in titles.values():
            title = name.replace("_", " ").strip().capitalize()
        titles[name] = title
    return titles


OpenedMap = tuple[Any, Any, str]
"""Map section of a scenario, folder from which its file name starts, digest."""


def find_map_digests(
    scenarios: Mapping[str, Any], find: Callable[[Any], str], *, opened: list[OpenedMap] | None = None
) -> dict[str, str]:
    """Return the map digest of each option; a map that several share is opened once.

    Parameters
    ----------
    scenarios
        By name.
    find
        Opens a scenario's map.
    opened
        Maps opened before; those opened here are added.
    """
    known = [] if opened is None else opened
    digests = {}
    for name, scenario in scenarios.items():
        section = getattr(scenario, "map", None)
        folder = getattr(getattr(scenario, "source", None), "parent", None)
        digest = next((found for map_, base, found in known if (map_, base) == (section, folder)), None)
        if digest is None:
            digest = find(scenario)
            known.append((section, folder, digest))
        digests[name] = digest
    return digests


def _variant_title(scenario: Any) -> str:
    entry = getattr(scenario, "variants", {}).get(getattr(scenario, "variant", ""))
    return str(entry.title) if entry is not None else ""
