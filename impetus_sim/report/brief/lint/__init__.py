"""The check of finished briefs, also of pages that somebody edited by hand.

`page` reads the HTML into what can be judged, with lines; the rules stand in `wording` (what is claimed), `tables`
(numbers and their units) and `record` (figures, sources, repeatability, structure); `check` applies them all.
"""
