"""Runs that a viewer asks for: branches and bands, each computed by a process of its own."""
