"""Detectors, one file each; every one is registered as a part of the family ``detectors``."""
