"""Walking models, one file each: given where everybody is and wants to go, propose velocities."""
