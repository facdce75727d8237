"""What a user can run to see whether the models do what guidelines ask: `impetus verify`, `impetus bench`.

Belongs here: cases of published guidelines, laws of the engine, speed beside a peer; each with its source and
expected band. Does not belong here: tests of code (tests/), fits to measured data (analysis).
"""
