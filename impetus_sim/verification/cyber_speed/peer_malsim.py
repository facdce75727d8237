"""One episode of mal-simulator on a graph of devices: run by an interpreter of its own, imports nothing of ours.

Reads {"devices", "steps", "mean_days", "links", "seed"} from standard input; writes {"build_s", "episode_s",
"cpu_s", "n_steps", "n_done", "n_total", "version"} to standard output.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any


def write_language(steps: list[str], mean_days: list[float]) -> str:
    """Return the MAL source of a language with one kind of device."""
    following = [*steps[1:], "peers.reach"]
    lines = [
        f"    | {step} [Exponential({1.0 / mean:.6f})] -> {to}"
        for step, mean, to in zip(steps, mean_days, following, strict=True)
    ]
    body = "\n".join(lines)
    return (
        '#id: "org.example.devices"\n#version: "1.0.0"\n\ncategory System {\n  asset Device {\n'
        f"{body}\n  }}\n}}\nassociations {{\n  Device [sources] * <-- Link --> * [peers] Device\n}}\n"
    )


def main() -> None:
    """Build the graph, run one episode until the attacker has nothing left to do, print what it took."""
    from malsim.config.agent_settings import AttackerSettings
    from malsim.config.sim_settings import MalSimulatorSettings, TTCMode
    from malsim.mal_simulator.simulator import MalSimulator
    from malsim.policies.random_agent import RandomAgent
    from maltoolbox.attackgraph import AttackGraph
    from maltoolbox.language import LanguageGraph
    from maltoolbox.model import Model

    wanted: dict[str, Any] = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "devices.mal"
        source.write_text(write_language(wanted["steps"], wanted["mean_days"]))
        language = LanguageGraph.from_mal_spec(str(source))
    began = time.perf_counter()
    model = Model("devices", language)
    devices = [model.add_asset("Device", f"d{k}") for k in range(wanted["devices"])]
    for a, b in wanted["links"]:
        devices[a].add_associated_assets("peers", {devices[b]})
    graph = AttackGraph(language, model)
    settings = MalSimulatorSettings(ttc_mode=TTCMode.PER_STEP_SAMPLE, seed=wanted["seed"])
    attacker = AttackerSettings(
        name="red",
        entry_points={f"d0:{wanted['steps'][0]}"},
        policy=RandomAgent,
        config={"seed": wanted["seed"]},
    )
    simulator = MalSimulator(graph, [attacker], sim_settings=settings)
    built = time.perf_counter()
    cpu = time.process_time()
    state = simulator.reset()["red"]
    agent = attacker.agent
    n_steps = 0
    while not simulator.done():
        action = agent.get_next_action(state)
        state = simulator.step({"red": [action] if action else []})["red"]
        n_steps += 1
    result = {
        "build_s": built - began,
        "episode_s": time.perf_counter() - built,
        "cpu_s": time.process_time() - cpu,
        "n_steps": n_steps,
        "n_done": len(state.performed_nodes),
        "n_total": len(graph.nodes),
        "version": version("mal-simulator"),
    }
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
