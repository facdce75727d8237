"""Search of intervention sets: what may be combined, within which limits, and which set is best.

Here belong candidates and their sets, limits, and how runs are spent on them. Not here: how runs are carried out
(`planning.runs`) and how a few options are told apart (`planning.comparison`).
"""
