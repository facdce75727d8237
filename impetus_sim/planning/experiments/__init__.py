"""Experiments: many runs of one scenario over a design, and what they say of its factors.

Here belong designs, the points that they make of a scenario, and indices of sensitivity. Not here: how runs are
carried out (`planning.runs`) and the comparison of a few options (`planning.comparison`).
"""
