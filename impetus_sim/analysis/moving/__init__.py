"""Kinds of things that move, each read from a recording as windows of frames: one file each; how states are shown."""
