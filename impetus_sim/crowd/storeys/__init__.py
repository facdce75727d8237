"""People between storeys: crossing to another part of the ground, riding escalators and lifts."""
