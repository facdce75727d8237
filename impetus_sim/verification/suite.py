"""The families of cases, and running them."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Sequence

from impetus_sim import registry
from impetus_sim.errors import ImpetusError, InvalidInputError
from impetus_sim.verification.case import Case, Effort, Result

FAMILIES: dict[str, tuple[str, ...]] = {
    "crowd": ("corridor", "premovement", "corner", "exits", "bottleneck", "room", "laws"),
}
"""Family to its modules in `impetus_sim.verification.<family>`, each with a tuple `CASES`, in the order
of the report."""


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
    began = time.perf_counter()
    try:
        measured = case.run(effort)
        value, text = measured.value, measured.text
        passed = case.low <= value <= case.high
    except ImpetusError as error:
        value, text, passed = None, f"run failed: {error.message}", False
    seconds = time.perf_counter() - began
    return Result(case=case, model=effort.model, measured=value, text=text, passed=passed, seconds=seconds)


def run_suite(
    family: str,
    models: Sequence[str] | None = None,
    *,
    person_steps: int = 1_000_000,
    only: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
) -> list[Result]:
    """Run every case of a family with every model.

    Parameters
    ----------
    family
        Of `FAMILIES`.
    models
        Kinds of walking models; all that are registered when left out.
    person_steps
        Of the random walks among random walls.
    only
        Case ids; all when empty.
    progress
        Called with the title of each case before it runs.

    Raises
    ------
    InvalidInputError
        When there is no such family, model or case.
    """
    known = sorted(registry.catalogue("walking_models"))
    for model in models or ():
        if model not in known:
            raise InvalidInputError(f"there is no walking model '{model}'", hint=f"one of {', '.join(known)}")
    cases = list_cases(family)
    ids = [case.id for case in cases]
    for name in only:
        if name not in ids:
            raise InvalidInputError(
                f"family '{family}' has no case '{name}'", hint=f"one of {', '.join(ids)}"
            )
    results = []
    for model in models or known:
        for case in cases:
            if only and case.id not in only:
                continue
            if progress:
                progress(f"{case.standard}: {case.title} ({model})")
            results.append(run_case(case, effort=Effort(model=model, person_steps=person_steps)))
    return results
