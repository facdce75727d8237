"""What the sensors of a recorded run said."""
