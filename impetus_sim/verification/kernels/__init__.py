"""Compiled checks that share no code with what they check."""
