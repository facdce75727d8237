"""Laws of walking speed in smoke, one file each."""
