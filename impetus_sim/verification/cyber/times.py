"""Times to compromise of small graphs against their closed forms."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from impetus_sim.cyber.attack_graph import Duration, Notice, Step, join
from impetus_sim.cyber.ensemble import Attack, Sampled, sample_episodes
from impetus_sim.cyber.kernels.draw import GAMMA, LOGNORMAL, NEVER, UNIFORM
from impetus_sim.verification.case import Case, Effort, Measured, worst
from impetus_sim.verification.cyber.setup import (
    EPISODES,
    HOUR_US,
    LIMIT,
    MODEL,
    SEED,
    exponential,
    hours,
    off_mean,
    off_share,
    sample,
)

_TIMES = "Order statistics of independent exponential times"


def chain(effort: Effort) -> Measured:
    """Do five exponential steps of mean 1/2 h in a row: a gamma time of mean 5/2 h and variance 5/4 h2."""
    del effort
    names = [f"step_{k}" for k in range(5)]
    steps = [Step(id=name, takes=exponential(0.5)) for name in names]
    rows, sampled = sample(steps, list(pairwise(names)), entries=names[:1])
    times = hours(sampled, rows[names[-1]])
    return worst([off_mean(times, 2.5), off_mean((times - 2.5) ** 2, 1.25, "h2")])


def one_of_two(effort: Effort) -> Measured:
    """Take whichever of two ways is done first: rates 1 and 2 per hour give a mean of 1/3 h."""
    del effort
    rows, sampled = _two(needs_all=False)
    return off_mean(hours(sampled, rows["both"]), 1.0 / 3.0)


def two_of_two(effort: Effort) -> Measured:
    """Need both of two ways: 1/a + 1/b - 1/(a + b) = 7/6 h."""
    del effort
    rows, sampled = _two(needs_all=True)
    return off_mean(hours(sampled, rows["both"]), 7.0 / 6.0)


def _two(*, needs_all: bool) -> tuple[dict[str, int], Sampled]:
    steps = [
        Step(id="a", takes=exponential(1.0)),
        Step(id="b", takes=exponential(0.5)),
        Step(id="both", needs_all=needs_all),
    ]
    return sample(steps, [("a", "both"), ("b", "both")], entries=["a", "b"])


def harmonic(effort: Effort) -> Measured:
    """Need k like steps of mean 1 h, for k of 2, 4 and 8: the harmonic numbers."""
    del effort
    found = []
    for k in (2, 4, 8):
        names = [f"step_{j}" for j in range(k)]
        steps = [*(Step(id=name, takes=exponential(1.0)) for name in names), Step(id="all", needs_all=True)]
        rows, sampled = sample(steps, [(name, "all") for name in names], entries=names)
        found.append(off_mean(hours(sampled, rows["all"]), sum(1.0 / j for j in range(1, k + 1))))
    return worst(found)


def chance(effort: Effort) -> Measured:
    """Pass a step that exists with a chance of 0.3, and two of them in a row: 0.3 and 0.09."""
    del effort
    steps = [Step(id="a", exists=0.3), Step(id="b", exists=0.3)]
    rows, sampled = sample(steps, [("a", "b")], entries=["a"])
    done = sampled.times_us < NEVER
    return worst([off_share(done[:, rows["a"]], 0.3), off_share(done[:, rows["b"]], 0.09)])


def many_parents(effort: Effort) -> Measured:
    """Reach a step of mean 1 h from three parents at once: its time is drawn once, so it stays 1 h, not 1/3 h."""
    del effort
    parents = ["p", "q", "r"]
    steps = [*(Step(id=name) for name in parents), Step(id="goal", takes=exponential(1.0))]
    rows, sampled = sample(steps, [(name, "goal") for name in parents], entries=parents)
    return off_mean(hours(sampled, rows["goal"]), 1.0)


def noticed_first(effort: Effort) -> Measured:
    """Race a step of rate 2 per hour against a notice of rate 1 per hour: it is noticed first in 1/3."""
    del effort
    step = Step(id="a", takes=exponential(0.5), notice=Notice(chance=1.0, after=exponential(1.0)))
    rows, sampled = sample([step], [], entries=["a"])
    return off_share(sampled.noticed_us < sampled.times_us[:, rows["a"]], 1.0 / 3.0)


def distributions(effort: Effort) -> Measured:
    """Draw lognormal, gamma (shape below and above 1) and uniform times: means and variances."""
    del effort
    found = []
    for duration, mean, variance in (
        (Duration(kind=LOGNORMAL, a=7200.0, b=0.5), 2.0 * np.exp(0.125), None),
        (Duration(kind=GAMMA, a=0.5, b=7200.0), 1.0, 2.0),
        (Duration(kind=GAMMA, a=3.0, b=3600.0), 3.0, 3.0),
        (Duration(kind=UNIFORM, a=3600.0, b=10800.0), 2.0, 1.0 / 3.0),
    ):
        rows, sampled = sample([Step(id="a", takes=duration)], [], entries=["a"])
        times = hours(sampled, rows["a"])
        spread = 4.0 * np.exp(0.25) * (np.exp(0.25) - 1.0) if variance is None else variance
        found += [off_mean(times, mean), off_mean((times - mean) ** 2, spread, "h2")]
    return worst(found)


def impossible(effort: Effort) -> Measured:
    """Make a step impossible that a goal needs on all its ways; count the episodes in which the goal is done."""
    del effort
    steps = [
        Step(id="a", takes=exponential(1.0)),
        Step(id="b", takes=exponential(1.0)),
        Step(id="needed", takes=exponential(1.0), exists=0.0),
        Step(id="goal", needs_all=True, takes=exponential(0.1)),
        Step(id="beyond"),
        Step(id="beside"),
    ]
    edges = [("a", "needed"), ("b", "goal"), ("needed", "goal"), ("goal", "beyond"), ("b", "beside")]
    rows, sampled = sample(steps, edges, entries=["a", "b"])
    done = sampled.times_us < NEVER
    after = int(done[:, [rows["needed"], rows["goal"], rows["beyond"]]].sum())
    beside = int(done[:, rows["beside"]].sum())
    wrong = after + (EPISODES - beside)
    return Measured(value=wrong, text=f"{after} steps after it in {EPISODES} episodes, {beside} beside it")


def shut_out(effort: Effort) -> Measured:
    """Shut an attacker out 1 h after the first notice: only what is done later is missing."""
    del effort
    steps = [
        Step(id="seen", takes=exponential(0.5), notice=Notice(chance=1.0, after=exponential(1.0))),
        Step(id="next", takes=exponential(1.0)),
        Step(id="lost", takes=Duration(a=7200.0), is_attack=False),
    ]
    graph = join(steps, [("seen", "next"), ("next", "lost")])
    attack = Attack(name="case", entries=np.array([0]), goals=np.zeros(0, np.int64))
    free = sample_episodes(graph, attack, n=EPISODES, seed=SEED)
    held = sample_episodes(graph, attack, n=EPISODES, seed=SEED, respond_us=int(HOUR_US))
    stop = held.noticed_us + int(HOUR_US)
    in_time = free.times_us[:, 1] <= stop
    wrong = int((in_time != (held.times_us[:, 1] < NEVER)).sum())
    wrong += int((held.times_us[in_time] != free.times_us[in_time]).sum())
    text = f"{wrong} of {EPISODES} episodes differ by more than that; {in_time.mean():.3f} get through"
    return Measured(value=wrong, text=text)


def _off(id: str, title: str, expected: str, run: Callable[[Effort], Measured], source: str = _TIMES) -> Case:
    return Case(
        id=id,
        standard="times to compromise",
        title=f"{title}, {EPISODES} episodes",
        source=source,
        low=0.0,
        high=LIMIT,
        expected=f"{expected}, within {LIMIT:g} standard errors",
        run=run,
        default_model=MODEL,
    )


def _none(id: str, title: str, expected: str, run: Callable[[Effort], Measured]) -> Case:
    return Case(
        id=id,
        standard="times to compromise",
        title=title,
        source="AND and OR steps as defined",
        low=0.0,
        high=0.0,
        expected=expected,
        run=run,
        default_model=MODEL,
    )


CASES = (
    _off("cyber-chain", "five exponential steps in a row", "gamma: mean 5/2 h, variance 5/4 h2", chain),
    _off("cyber-or", "the first of two exponential steps", "1/(a + b) = 1/3 h", one_of_two),
    _off("cyber-and", "both of two exponential steps", "1/a + 1/b - 1/(a + b) = 7/6 h", two_of_two),
    _off("cyber-harmonic", "all of 2, 4 and 8 like steps", "3/2, 25/12 and 761/280 h", harmonic),
    _off("cyber-chance", "steps that exist with a chance", "0.3 and 0.09", chance, "Bernoulli"),
    _off("cyber-many-parents", "one step behind three parents", "its own mean, 1 h", many_parents),
    _off("cyber-noticed-first", "a step against its notice", "d/(a + d) = 1/3", noticed_first),
    _off("cyber-distributions", "lognormal, gamma and uniform times", "their moments", distributions),
    _none("cyber-impossible", "a needed step made impossible", "nothing after it, all beside it", impossible),
    _none("cyber-shut-out", "an attacker shut out after a notice", "only later steps are missing", shut_out),
)
