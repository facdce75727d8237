"""Runs, comparisons and experiments as RO-Crates: results with all that made them, and who made them when.

Source: RO-Crate 1.1 (2020), https://w3id.org/ro/crate/1.1; Process Run Crate 0.5 (Leo et al. 2024, Recording
provenance of workflow runs with RO-Crate, PLoS ONE 19(9) e0309210).
"""
