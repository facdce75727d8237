"""What threatens people, one file each: a hazard writes fields, threats, stimuli and events, nothing else."""
