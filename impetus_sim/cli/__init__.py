"""The command line: thin commands that parse, call the package, and print.

One file per command. Heavy imports stay inside the commands, so that ``impetus --help`` answers at once.
"""
