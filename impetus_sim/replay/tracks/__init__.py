"""Layers of things that stand still and change state, such as signals, gates and cameras: one file each family."""
