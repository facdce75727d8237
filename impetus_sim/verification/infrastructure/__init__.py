"""Cases of power, water, telecom and their dependencies, and the laws of infrastructures built from maps."""
