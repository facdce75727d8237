"""Calibration: parameters of a scenario for which its runs look like what was observed.

Here belong the file that says what is fitted to what, the distance, and the search. Not here: how runs are carried
out (`planning.runs`), and factors (`planning.experiments`).
"""
