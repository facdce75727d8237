"""The families of cases, and running them."""

from __future__ import annotations

import importlib
import importlib.util
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from impetus_sim import registry
from impetus_sim.errors import ImpetusError, InvalidInputError
from impetus_sim.verification.case import Case, Effort, Measured, Result

FAMILIES: dict[str, tuple[str, ...]] = {
    "crowd": (
        "corridor",
        "premovement",
        "fundamental",
        "single_file",
        "corner",
        "exits",
        "routes",
        "bottleneck",
        "rooms_in_a_row",
        "room",
        "hindrance",
        "counterflow",
        "stairs",
        "smoke",
        "storeys",
        "people",
        "laws",
        "numbers",
    ),
    "trajectories": ("cases",),
    "traffic": (
        "free_flow",
        "bottleneck",
        "jam",
        "junctions",
        "signals",
        "crossings",
        "focus",
        "gridlock",
        "closures",
        "laws",
        "equilibrium",
    ),
    "cyber": ("times",),
    "response": ("queue", "units"),
    "sensing": ("rates", "view", "telemetry"),
    "hazards": ("attacker", "blast", "fence", "fire", "flood", "plume", "rumour", "smoke", "surge"),
    "incidents": ("duisburg_2010", "grid_2015"),
    "detection": ("run_lengths", "scores", "egress", "telemetry"),
    "infrastructure": (
        "power",
        "cascade",
        "dependencies",
        "networks",
        "water",
        "power_records",
        "water_records",
        "city",
    ),
}
"""Family to its modules in `impetus_sim.verification.<family>`, each with a tuple `CASES`, in the order
of the report."""
DEFAULT_FAMILIES = ("crowd",)
"""Run when none is named."""
DEFAULT_MODEL = "collision_free_speed"
"""Of the design set."""
DEFAULT_MODEL_OF = {
    "traffic": "kinematic_wave",
    "cyber": "and_or_times",
    "response": "control_room_queue",
    "hazards": "",
    "sensing": "",
    "detection": "",
    "incidents": "",
    "infrastructure": "",
}
"""Of families that are not about walking."""
ALL_MODELS = "all"


def list_cases(family: str) -> list[Case]:
    """Return the cases of a family.

    Raises
    ------
    InvalidInputError
        When there is no such family.
    """
    if family not in FAMILIES:
        raise InvalidInputError(
            f"there is no verification family '{family}'", hint=f"one of {', '.join(sorted(FAMILIES))}"
        )
    modules = [importlib.import_module(f"{__package__}.{family}.{name}") for name in FAMILIES[family]]
    return [case for module in modules for case in module.CASES]


def run_case(case: Case, *, effort: Effort) -> Result:
    """Run one case; a run that fails is a failed case with the reason in its text."""
    began = time.process_time()
    outcome = _measure(case, effort)
    return _judge(case, effort, outcome, time.process_time() - began)


def _measure(case: Case, effort: Effort) -> Measured | ImpetusError:
    try:
        return case.run(effort)
    except ImpetusError as error:
        return error


def _judge(case: Case, effort: Effort, outcome: Measured | ImpetusError, seconds: float) -> Result:
    if isinstance(outcome, ImpetusError):
        value, text, passed = None, f"run failed: {outcome.message}", False
    else:
        value, text = outcome.value, outcome.text
        passed = case.low <= value <= case.high
    return Result(case=case, model=effort.model, measured=value, text=text, passed=passed, seconds=seconds)


def run_suite(
    family: str,
    models: Sequence[str] | None = None,
    *,
    person_steps: int = 1_000_000,
    thorough: bool = False,
    only: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
) -> list[Result]:
    """Run every case of a family; what several guidelines share runs once.

    Parameters
    ----------
    family
        Of `FAMILIES`.
    models
        Kinds of walking models, or ``all``; when left out, the design set's model, or the documented default of a
        case that names another. Families of `DEFAULT_MODEL_OF` have one model per case: only ``all`` may be named.
    person_steps
        Of the random walks among random walls.
    thorough
        Also the cases that need many seeds.
    only
        Case ids; all when empty.
    progress
        Called with the title of each case before it runs.

    Raises
    ------
    InvalidInputError
        When there is no such family, model or case.
    """
    wanted = _models(family, models)
    cases = _cases(family, only, thorough)
    for case in [] if only else list(cases):
        lack = _what_is_missing(case)
        if lack:
            cases.remove(case)
            if progress:
                progress(f"left out, {lack}: {case.id}, {case.title}")
    results: list[Result] = []
    for model in wanted:
        done: dict[tuple[Any, str], tuple[Measured | ImpetusError, float]] = {}
        for case in cases:
            kind = model or case.default_model or DEFAULT_MODEL_OF.get(family, DEFAULT_MODEL)
            effort = Effort(model=kind, person_steps=person_steps, thorough=thorough)
            key = (case.run, kind)
            if key not in done:
                if progress:
                    progress(f"{case.standard}: {case.title} ({kind})")
                began = time.process_time()
                done[key] = _measure(case, effort), time.process_time() - began
                results.append(_judge(case, effort, *done[key]))
            else:
                results.append(_judge(case, effort, done[key][0], 0.0))
    return results


def _what_is_missing(case: Case) -> str:
    if case.needs_data and "IMPETUS_DATA" not in os.environ:
        return "IMPETUS_DATA is not set"
    if case.needs_package and importlib.util.find_spec(case.needs_package) is None:
        return f"the package {case.needs_package} is not installed"
    return ""


def _models(family: str, models: Sequence[str] | None) -> Sequence[str]:
    if family in DEFAULT_MODEL_OF:
        if models and list(models) != [ALL_MODELS]:
            raise InvalidInputError(
                f"{family} is not judged with walking models such as '{models[0]}'", hint="leave out --model"
            )
        return ("",)
    known = sorted(registry.catalogue("walking_models"))
    if not models:
        return ("",)
    if ALL_MODELS in models:
        return known
    for model in models:
        if model not in known:
            raise InvalidInputError(
                f"there is no walking model '{model}'", hint=f"one of {', '.join((*known, ALL_MODELS))}"
            )
    return models


def _cases(family: str, only: Sequence[str], thorough: bool) -> list[Case]:
    cases = list_cases(family)
    ids = [case.id for case in cases]
    for name in only:
        if name not in ids:
            raise InvalidInputError(
                f"family '{family}' has no case '{name}'", hint=f"one of {', '.join(ids)}"
            )
    if only:
        return [case for case in cases if case.id in only]
    return [case for case in cases if thorough or not case.only_thorough]
