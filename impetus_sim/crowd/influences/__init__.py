"""What makes a person prefer one exit to another, beside its estimated time; one file each."""
