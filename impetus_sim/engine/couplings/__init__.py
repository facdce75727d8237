"""Couplings that need more than a function: one file for each, listed by `engine.couple`."""
