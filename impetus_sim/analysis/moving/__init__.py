"""What moves, each kind read from a recording as windows of frames, one file each; how its states are shown."""
