"""Cases of detection: run lengths of the textbooks, identities of scores, and detectors on made records."""
