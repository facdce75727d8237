"""The `laboratory` set beside measured trajectories: same ground, people entering as they did, same measures."""
