"""Briefs: what a planner signs. One content model, two renderings.

Here belongs what a brief says (`content`, and one file for each kind of source: `study`, `run`, `plan`,
`experiment`), how it is written down (`html`, `pdf`, `write`), and the check of finished pages (`lint`). Drawings
themselves are made in `report`.
"""
