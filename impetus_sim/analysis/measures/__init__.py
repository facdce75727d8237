"""Measures of trajectories as the field defines them (PedPy's definitions): density, speed, flow, profiles.

Here: pure functions over `Trajectories`, which come from a recording or from a file of laboratory
trajectories. Not here: what a planner reads off a whole run (`analysis.metrics`), and drawing (`report`).
"""
