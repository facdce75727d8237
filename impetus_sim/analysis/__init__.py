"""From recordings to numbers: pure functions over a `Recording`, one idea per file.

Here: egress, density, flow, exposure, measures by group, conservation checks, causal chains, paired
statistics, and what a study's results are made of. Not here: drawing (`report`), starting runs
(`planning`), and live objects of the engine. A measure recomputed from the same recording is the same.
"""
