"""Reading scenarios: from files, from recorded text, and as changed copies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from impetus_sim.errors import InvalidFilesError, InvalidInputError, Problem
from impetus_sim.scenario.canonical import to_plain
from impetus_sim.scenario.extend import apply_overrides, merge, read_tree, rebase_map, split_variant, unique
from impetus_sim.scenario.model import Scenario
from impetus_sim.scenario.parameter_sets import leave_out
from impetus_sim.scenario.parse import parse_text
from impetus_sim.scenario.playbook_files import read_playbooks
from impetus_sim.scenario.problems import stand_in, to_problems
from impetus_sim.scenario.refer import SECTION_OF
from impetus_sim.scenario.tree import Mark, Node, grow, plain

if TYPE_CHECKING:
    from impetus_sim.scenario.on_map import OnCity

_MAX_ROUNDS = 8


def load_scenario(source: str | Path, *, overrides: Sequence[str] = ()) -> Scenario:
    """Read a scenario file.

    Parameters
    ----------
    source
        ``FILE.yaml`` or ``FILE.yaml:variant``; a name that is no file is also looked up among the bundled
        scenarios.
    overrides
        ``dotted.key=value`` texts; the value is YAML, null removes the key.

    Returns
    -------
    The frozen scenario, with `extends`, the variant and the overrides resolved.

    Raises
    ------
    InvalidFilesError
        With every problem at once.

    Examples
    --------
    >>> load_scenario("square.yaml:warn_early", overrides=["crowd.step=0.1 s"])  # doctest: +SKIP
    """
    file, variant = split_variant(str(source))
    path = find_file(file)
    node, problems = read_tree(path, name=file, variant=variant)
    if node is not None:
        node, more = apply_overrides(node, overrides)
        problems += more
        rebase_map(node, path.parent)
    scenario = None
    if node is not None:
        scenario, more = build(node)
        problems += more
    if problems or scenario is None:
        raise InvalidFilesError(unique(problems))
    return with_origin(scenario, source=path.resolve(), variant=variant)


def read_scenario_text(text: str, *, source: Path | None = None, name: str = "scenario") -> Scenario:
    """Read a resolved scenario from its text, as recordings hold it.

    Parameters
    ----------
    text
        From `Scenario.to_text`.
    source
        A file in the folder from which a relative map file name starts.
    name
        Its name in messages.
    """
    folder = Path() if source is None else source.parent
    node, problems = parse_text(text, name=name, folder=folder)
    scenario = None
    if node is not None:
        scenario, more = build(node)
        problems += more
    if problems or scenario is None:
        raise InvalidFilesError(unique(problems))
    return with_origin(scenario, source=source, variant="")


def change_recorded(
    scenario: Scenario, *, overrides: Sequence[str] = (), inject: Path | None = None
) -> Scenario:
    """Return a changed copy, for a branch: first the keys of a file are merged, then the overrides.

    Parameters
    ----------
    scenario
        As read from a recording.
    overrides
        ``dotted.key=value`` texts.
    inject
        A YAML file with the keys to add or change, such as hazards and interventions.
    """
    node, problems = parse_text(scenario.to_text(), name="recording", folder=_folder_of(scenario))
    assert node is not None  # it was written by us
    if inject is not None:
        added, more = read_tree(inject, name=str(inject), variant="")
        problems += more
        node = node if added is None else merge(node, added)
    node, more = apply_overrides(node, overrides)
    problems += more
    changed, more = build(node)
    problems += more
    if problems or changed is None:
        raise InvalidFilesError(unique(problems))
    if changed.crowd.parameters != scenario.crowd.parameters:
        raise InvalidInputError(
            f"crowd.parameters: a branch keeps its run's people, and their set is '{scenario.crowd.parameters}'",
            hint="start a new run with the other set",
        )
    return with_origin(changed, source=scenario.source, variant="")


def _folder_of(scenario: Scenario) -> Path:
    return Path() if scenario.source is None else scenario.source.parent


def change_scenario(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Return a changed copy; see `Scenario.with_`. Files that changes name are looked up beside its own."""
    data = to_plain(scenario)
    folder = _folder_of(scenario)
    if "crowd.parameters" in changes or "parameters" in (changes.get("crowd") or {}):
        data["crowd"] = leave_out(data["crowd"])
    node = grow(data, Mark("scenario", 0, 0))
    for key, value in changes.items():
        change = grow(to_plain(value), Mark(f"with_({key!r})", 0, 0, folder))
        for step in reversed(key.split(".")):
            change = Node({step: change}, change.mark, change.mark)
        node = merge(node, change)
    changed, problems = build(node)
    if changed is None:
        raise InvalidFilesError(unique(problems))
    return with_origin(changed, source=scenario.source, variant=scenario.variant)


def with_origin(scenario: Scenario, *, source: Path | None, variant: str) -> Scenario:
    """Note where a scenario came from and return it."""
    scenario._source = source
    scenario._variant = variant
    return scenario


def find_file(file: str) -> Path:
    """Return the path of a scenario file: as given, else among the bundled scenarios."""
    path = Path(file)
    try:
        if path.exists() or path.is_absolute():
            return path
    except (OSError, ValueError):
        return path
    from impetus_sim.maps.bundled import bundled_folder

    bundled = bundled_folder("scenarios") / file
    return bundled if bundled.is_file() else path


def build(root: Node) -> tuple[Scenario | None, list[Problem]]:
    """Validate a tree: the scenario, or every problem in it.

    Checks between sections run only on valid sections, so faulty values are taken out and the rest is
    validated again until nothing new turns up; what is a consequence of taking them out is not reported.
    """
    problems = read_playbooks(root)
    taken_out: list[tuple[str, ...]] = [("response", "playbooks")] if problems else []
    data = plain(root)
    for _ in range(_MAX_ROUNDS):
        try:
            scenario = Scenario.model_validate(data)
        except ValidationError as error:
            problems += [
                problem
                for path, context, problem in to_problems(error, root, Scenario)
                if not _is_consequence(path, context, taken_out, root)
            ]
            if not _take_out_faults(data, error, taken_out, root):
                return None, problems
            continue
        return (None, problems) if problems else (scenario, [])
    return None, problems


def _is_consequence(
    path: Sequence[str | int], context: Mapping[str, Any], taken_out: list[tuple[str, ...]], root: Node
) -> bool:
    """Tell whether a fault came about only because something was taken out."""
    steps = tuple(map(str, path))
    if any(out[: len(steps)] == steps or steps[: len(out)] == out for out in taken_out):
        return True
    rests_on = [tuple(key.split(".")) for key in context.get("rests_on", ())]
    if any(key[: len(out)] == out for key in rests_on for out in taken_out):
        return True
    section = SECTION_OF.get(str(context.get("family", "")))
    if section is None:
        return False
    return root.find((*section, str(context["name"])))[1] == len(section) + 1


def _take_out_faults(data: Any, error: ValidationError, taken_out: list[tuple[str, ...]], root: Node) -> bool:
    """Replace or remove every faulty value; False when nothing more can be done."""
    moved = False
    for path, _, _ in to_problems(error, root, Scenario):
        steps = tuple(map(str, path))
        if steps in taken_out:  # it was needed and nothing could stand in for it: its section goes
            steps = steps[:-1]
        if not steps or steps in taken_out:
            continue
        taken_out.append(steps)
        value = stand_in(steps, root, Scenario)
        moved |= _take_out(data, steps) if value is None else _put(data, steps, value)
    return moved


def _put(data: Any, path: tuple[str, ...], value: Any) -> bool:
    for step in path[:-1]:
        data = data.get(step) if isinstance(data, dict) else None
    if not isinstance(data, dict):
        return False
    data[path[-1]] = value
    return True


def _take_out(data: Any, path: tuple[str, ...]) -> bool:
    """Remove the deepest existing value along a path; False when that is the whole."""
    holder: Any = None
    last: Any = None
    for step in path:
        key: Any = int(step) if isinstance(data, list) and step.isdigit() else step
        inside = key in data if isinstance(data, dict) else isinstance(data, list) and key < len(data)
        if not inside:
            break
        holder, last, data = data, key, data[key]
    if holder is None:
        return False
    del holder[last]
    return True


def check_files(
    sources: Sequence[str | Path],
    *,
    places: bool = True,
    note: Callable[[str], None] | None = None,
    on_city: OnCity | None = None,
) -> list[Problem]:
    """Return everything that is wrong with scenario files.

    Parameters
    ----------
    sources
        ``FILE.yaml`` (checked with all its variants) or ``FILE.yaml:variant``.
    places
        Also look every place up on the map, where the map can be opened.
    note
        Called with remarks that are no faults, such as a map that could not be opened.
    on_city
        Returns more faults of a scenario on its map, where the map could be opened and all places are on it.
    """
    problems: list[Problem] = []
    for source in sources:
        problems += _check_file(str(source), places, note or (lambda _: None), on_city)
    return unique(problems)


def check_text(text: str, *, name: str, folder: Path) -> list[Problem]:
    """Return everything that is wrong with the text of a scenario, its places and variants left aside."""
    node, problems = parse_text(text, name=name, folder=folder)
    return problems if node is None else [*problems, *build(node)[1]]


def _check_file(
    source: str, places: bool, note: Callable[[str], None], on_city: OnCity | None
) -> list[Problem]:
    file, variant = split_variant(source)
    path = find_file(file)
    node, problems = read_tree(path, name=file, variant=variant)
    if node is None:
        return problems
    rebase_map(node, path.parent)
    scenario, more = build(node)
    problems += more
    made = [(scenario, node)] if scenario is not None else []
    if not variant:
        for name in _variant_names(node):
            changed, more = read_tree(path, name=file, variant=name)
            problems += more
            if changed is None:
                continue
            rebase_map(changed, path.parent)
            scenario, more = build(changed)
            problems += more
            made += [(scenario, changed)] if scenario is not None else []
    if problems or not places:
        return problems
    from impetus_sim.scenario.on_map import Cities, check_on_map

    cities: Cities = {}
    for scenario, tree in made:
        located = with_origin(scenario, source=path.resolve(), variant=variant)
        problems += check_on_map(located, tree, note, cities=cities, on_city=on_city)
    return problems


def _variant_names(node: Node) -> list[str]:
    variants = node.get("variants")
    return list(variants.value) if variants is not None and isinstance(variants.value, dict) else []
