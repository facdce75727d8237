"""Guided search: sets are bred by NSGA-II instead of being looked at one by one.

Deb, Pratap, Agarwal and Meyarivan (2002, IEEE Trans. Evol. Comput. 6:182), as Optuna carries it out (extra
``study``): sets are asked for generation by generation, a generation is evaluated on the same few replicates for
all, and told in the order in which it was asked. So the result depends on neither the number of workers nor the
order in which runs end, and a search that is started again asks for the same sets and finds their results.

Sets that break a limit are never run. They are told as worse than all others, the more so the further they are
from the limits: Deb's constrained domination.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from impetus_sim.errors import InvalidInputError
from impetus_sim.planning.comparison.effort import Limits
from impetus_sim.planning.search.pareto import rank_fronts
from impetus_sim.planning.search.sets import InterventionSet, build_set, name_set
from impetus_sim.planning.search.space import Space

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import Trial

Floats = npt.NDArray[np.float64]
Judge = Callable[[Sequence[InterventionSet], int], Floats]
"""From sets and a number of replicates to (sets, objectives), lower is better; nan where no run succeeded."""

POPULATION: Final = 24
"""Sets of a generation."""
N_LOOK: Final = 3
"""Replicates of each set that is bred."""
SEARCH_SHARE: Final = 0.6
"""Share of the runs for breeding; the rest tells the elite apart."""
N_ELITE: Final = 24
LEAST_RUNS: Final = math.ceil(2 * POPULATION * N_LOOK / SEARCH_SHARE)
"""Runs below which breeding would not get past its second generation."""
_MOST_BARREN: Final = 20
"""Generations in a row without a new feasible set, after which the search ends early."""
_OUT: Final = 1e12
"""Beyond every value of a metric: where sets stand that break a limit or whose runs failed."""


@dataclass(frozen=True, kw_only=True)
class Bred:
    """What breeding found.

    Parameters
    ----------
    sets
        Every set that was run, the baseline first.
    elite
        The best of them, by number; the baseline is always among them.
    generations
        How many.
    """

    sets: tuple[InterventionSet, ...]
    elite: tuple[int, ...]
    generations: int


def breed(
    base: Any, space: Space, *, limits: Limits, judge: Judge, n_objectives: int, n_runs: int, seed: int
) -> Bred:
    """Breed sets until the runs are spent.

    Parameters
    ----------
    base
        The baseline scenario.
    space
        Of its candidates.
    limits
        That sets keep.
    judge
        Makes the runs that are not made yet.
    n_objectives
        Columns of what it returns.
    n_runs
        Runs at most.
    seed
        Of the optimiser.

    Raises
    ------
    InvalidInputError
        When Optuna is missing.
    """
    with _study(n_objectives, seed=seed) as study:
        for start in space.list_starts():
            study.enqueue_trial(dict(start))
        breeding = _Breeding(base, space, limits, judge, n_objectives, n_runs)
        generations = barren = 0
        while breeding.n_affordable > 0 and barren < _MOST_BARREN:
            barren = 0 if breeding.advance(study) else barren + 1
            generations += 1
    return Bred(sets=tuple(breeding.sets), elite=breeding.choose_elite(), generations=generations)


class _Breeding:
    # the sets run so far and their values
    def __init__(
        self, base: Any, space: Space, limits: Limits, judge: Judge, n_objectives: int, n_runs: int
    ) -> None:
        self._base, self._space, self._limits, self._judge = base, space, limits, judge
        self._n_objectives = n_objectives
        self.n_affordable = n_runs // N_LOOK
        self.sets: list[InterventionSet] = []
        self._values: dict[str, tuple[float, ...]] = {}

    def advance(self, study: Study) -> bool:
        """Ask for a generation, run what is new in it and tell it; return whether anything was new."""
        asked = [study.ask() for _ in range(POPULATION)]
        read = [self._space.read(trial) for trial in asked]
        excesses: dict[str, float] = {}
        new: dict[str, InterventionSet] = {}
        told: list[tuple[Trial, str]] = []
        for trial, choices in zip(asked, read, strict=True):
            name = name_set(choices)
            if name in self._values or name in excesses:
                study.tell(trial, state=_failed())  # a set that is known would only crowd out others
                continue
            clashes = float(self._space.count_clashes(choices))
            if clashes > 0.0:  # has no scenario
                excesses[name] = clashes
            else:
                each = build_set(self._base, choices)
                excesses[name] = each.effort.measure_excess(self._limits)
                if excesses[name] == 0.0:
                    new[name] = each
            told.append((trial, name))
        new = dict(list(new.items())[: self.n_affordable])
        if new:
            values = np.nan_to_num(self._judge(list(new.values()), N_LOOK), nan=_OUT)
            self._values |= {name: tuple(map(float, row)) for name, row in zip(new, values, strict=True)}
            self.sets += new.values()
            self.n_affordable -= len(new)
        for trial, name in told:
            if excesses[name] > 0.0:
                self._values[name] = (_OUT * (1.0 + excesses[name]),) * self._n_objectives
            if name in self._values:
                study.tell(trial, self._values[name])
        return bool(new)

    def choose_elite(self) -> tuple[int, ...]:
        values = np.array([self._values[each.name] for each in self.sets])
        order = np.lexsort((np.arange(len(values)), values[:, 0], rank_fronts(values)))
        chosen = {0, *(int(row) for row in order[:N_ELITE])}
        return tuple(sorted(chosen))


def _failed() -> Any:
    from optuna.trial import TrialState

    return TrialState.FAIL


@contextmanager
def _study(n_objectives: int, *, seed: int) -> Iterator[Study]:
    # Optuna writes a line per study, and warns of parts that it calls experimental
    try:
        import optuna
    except ImportError:
        raise InvalidInputError(
            "a guided search needs Optuna", hint="pip install 'impetus_sim[study]'"
        ) from None
    told = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sampler = optuna.samplers.NSGAIISampler(
                population_size=POPULATION,
                crossover=optuna.samplers.nsgaii.SBXCrossover(),
                seed=seed % 2**32,
            )
            yield optuna.create_study(directions=["minimize"] * n_objectives, sampler=sampler)
    finally:
        optuna.logging.set_verbosity(told)
