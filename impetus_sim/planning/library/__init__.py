"""A library of situations run ahead: what sensors count in each, and what each option would bring.

Here belong the file that says which situations, building them, and matching observed counts to them. Matching
(`match` and what it imports) loads nothing but numpy, so that it answers within a second. Not here: how runs are
carried out (`planning.runs`), designs and factors (`planning.experiments`).
"""
