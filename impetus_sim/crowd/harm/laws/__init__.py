"""Laws of harm, one file each."""
