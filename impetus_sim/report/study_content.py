"""What a page about a study shows: the document of a comparison, made safe to draw and to print.

The document is the one that `planning.comparison.study.Study.content` returns. A page never fails for a missing
optional key: title, question, change and sources are filled from the kept recordings or left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from impetus_sim.analysis.metrics import METRIC_ORDER
from impetus_sim.analysis.paired import MIN_REPLICATES
from impetus_sim.recording.reader import Recording, open_recording

Entry = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class OptionContent:
    """One option of a study.

    Parameters
    ----------
    name, title
        Short name and words.
    change_text
        What it changes, in words; may be empty.
    metrics
        Metric name to table entry: mean, low, high, unit, label, better, probability_best, difference.
    scenario_digest, map_digest
        What was run.
    n_failed
        Runs without a result.
    run_keys
        One per replicate.
    recording
        Kept recording of replicate 0, or None.
    effort
        ``cost`` in EUR, ``staff`` and ``lead_time_s`` of what it adds to the baseline; None when not known.
    """

    name: str
    title: str
    change_text: str = ""
    metrics: Mapping[str, Entry] = field(default_factory=dict)
    scenario_digest: str = ""
    map_digest: str = ""
    n_failed: int = 0
    run_keys: tuple[str, ...] = ()
    recording: Recording | None = None
    effort: Mapping[str, float] | None = None

    @property
    def is_compared(self) -> bool:
        """Whether enough of its runs finished."""
        return bool(self.metrics)


@dataclass(frozen=True, kw_only=True)
class StudyContent:
    """Everything that the pages about a study show.

    Parameters
    ----------
    title, question, answer
        Words.
    primary
        Metric to decide by.
    options
        The baseline first.
    groups
        Group (``profile=adult``) to option name to metric entries.
    replicates, seed, confidence
        Of the study.
    stop_reason, notes, methods
        Words on why it stopped, on what to mind, and on how numbers were made.
    versions
        Part to version.
    command
        What repeats the study.
    curves
        Curve name to label and, per option, the band over its runs (`planning.comparison.curves`).
    """

    title: str
    question: str
    answer: str
    primary: str
    options: tuple[OptionContent, ...]
    groups: Mapping[str, Mapping[str, Mapping[str, Entry]]]
    replicates: int
    seed: int
    confidence: float
    stop_reason: str
    notes: tuple[str, ...]
    methods: Mapping[str, str]
    versions: Mapping[str, str]
    command: str
    curves: Mapping[str, Any]

    @property
    def base(self) -> OptionContent:
        """The baseline."""
        return self.options[0]

    @property
    def compared(self) -> list[OptionContent]:
        """Options with results, the baseline first."""
        return [option for option in self.options if option.is_compared]

    @property
    def metric_names(self) -> list[str]:
        """Metrics of the baseline: the primary one, those every run has in their order, then the others."""
        known = self.base.metrics
        ordered = [self.primary, *METRIC_ORDER, *known]
        return [name for name in dict.fromkeys(ordered) if name in known]

    def find_best(self) -> OptionContent:
        """Return the option with the best mean of the primary metric; the baseline on a tie."""
        with_primary = [option for option in self.compared if self.primary in option.metrics]
        sign = -1.0 if self.base.metrics[self.primary]["better"] == "higher" else 1.0
        return min(with_primary, key=lambda option: sign * option.metrics[self.primary]["mean"])


def read_study_content(document: Mapping[str, Any]) -> StudyContent:
    """Return the content of a study's pages from the document of its comparison.

    Parameters
    ----------
    document
        From `planning.comparison.study.Study.content`: ``recordings`` maps option names to paths, or to None.
    """
    recordings = document.get("recordings") or {}
    options = tuple(_read_option(option, recordings.get(option["name"])) for option in document["options"])
    rule = document.get("rule") or {}
    seeds = document.get("seeds") or [{}]
    return StudyContent(
        title=str(document.get("title") or options[0].title),
        question=str(document.get("question") or _ask(options)),
        answer=str(document["answer"]),
        primary=str(document["primary"]),
        options=options,
        groups={
            group["group"]: {option["name"]: _metrics_of(option) for option in group["options"]}
            for group in document.get("groups") or []
        },
        replicates=int(document["replicates"]),
        seed=int(document.get("seed", seeds[0].get("seed", 0))),
        confidence=float(rule.get("confidence", document.get("confidence", 0.95))),
        stop_reason=str(document.get("stop_reason") or _say_why_stopped(document, rule)),
        notes=(*_warn_of_few_runs(document), *(str(note) for note in document.get("notes") or ())),
        methods=dict(document.get("methods") or {}),
        versions=_read_versions(document),
        command=str(document.get("command") or _write_command(document, options, rule)),
        curves=dict(document.get("curves") or {}),
    )


def _read_option(option: Mapping[str, Any], path: str | None) -> OptionContent:
    return OptionContent(
        name=str(option["name"]),
        title=str(option.get("title") or option["name"]),
        change_text=str(option.get("change_text") or ""),
        metrics=_metrics_of(option),
        scenario_digest=str(option.get("scenario_digest", "")),
        map_digest=str(option.get("map_digest", "")),
        n_failed=int(option.get("n_failed", 0)),
        run_keys=tuple(option.get("run_keys") or ()),
        recording=open_recording(path) if path else None,
        effort=option.get("effort"),
    )


def _metrics_of(option: Mapping[str, Any]) -> dict[str, Entry]:
    return {name: entry for name, entry in option.items() if isinstance(entry, Mapping) and "mean" in entry}


def _ask(options: tuple[OptionContent, ...]) -> str:
    titles = [option.title for option in options[1:]]
    if not titles:
        return f"What happens in: {options[0].title}?"
    if len(titles) == 1:
        return f"Is it better to do this: {titles[0].rstrip('.')}? Or to leave things as they are?"
    return (
        f"Which is best: {'; '.join(title.rstrip('.') for title in titles)}; or leaving things as they are?"
    )


def _say_why_stopped(document: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
    n = document["replicates"]
    if rule.get("replicates"):
        return f"{n} paired runs of each option were asked for."
    share = f"{100 * float(rule.get('precision', 0.05)):g} %"
    if document.get("is_precise"):
        return f"The runs stopped at {n}, when the difference was known to {share} of the baseline's mean."
    return f"The runs stopped at {n}, the most allowed; the difference is not yet known to {share}."


def _warn_of_few_runs(document: Mapping[str, Any]) -> list[str]:
    if int(document["replicates"]) >= MIN_REPLICATES:
        return []
    return [f"Fewer than {MIN_REPLICATES} paired runs: a first look. The intervals themselves are uncertain."]


def _read_versions(document: Mapping[str, Any]) -> dict[str, str]:
    versions = {str(part): str(version) for part, version in (document.get("versions") or {}).items()}
    if "engine_version" in document:
        versions = {"impetus_sim": str(document["engine_version"]), **versions}
    if "kernel_hash" in document:
        versions["compiled kernels"] = str(document["kernel_hash"])
    return versions


def _write_command(
    document: Mapping[str, Any], options: tuple[OptionContent, ...], rule: Mapping[str, Any]
) -> str:
    names = " ".join(f"BASE.yaml:{option.name}" for option in options[1:])
    runs = (
        f"--replicates {document['replicates']}"
        if rule.get("replicates")
        else f"--precision {rule.get('precision', 0.05):g} --max-replicates {rule.get('max_replicates', 50)}"
    )
    seed = (document.get("seeds") or [{}])[0].get("seed", 0)
    return f"impetus compare BASE.yaml {names} {runs} --seed {seed} -o STUDY"
