"""Running a case by its id, so that tests and `impetus verify` judge the very same thing."""

from collections.abc import Callable

import pytest

from impetus_sim.verification.case import Effort, Result
from impetus_sim.verification.suite import list_cases, run_case


@pytest.fixture(scope="session")
def verify() -> Callable[..., Result]:
    cases = {case.id: case for case in list_cases("crowd")}

    def run(case_id: str, *, person_steps: int = 200_000) -> Result:
        return run_case(
            cases[case_id], effort=Effort(model="collision_free_speed", person_steps=person_steps)
        )

    return run
