"""``python -m impetus_sim``: the same as ``impetus``."""

from impetus_sim.cli.main import main

main()
