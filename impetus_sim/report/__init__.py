"""Pages for planners: pictures, and the brief. This is where drawing starts.

Here: map, density, trajectories, egress curves, the one-page picture of a run or a comparison, and the
HTML brief. Not here: computing any number (`analysis`), running anything (`planning`), films and
interactive replay (`replay`). matplotlib is imported inside functions, so that commands start fast.
"""
