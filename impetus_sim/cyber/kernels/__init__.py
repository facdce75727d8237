"""Compiled code of attack graphs."""
