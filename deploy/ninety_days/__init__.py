"""Ninety days of the demo, played before anybody else is at work: people are matched, and live together.

What happens is drawn by seed, and decided by the same decisions as everything else: a day that the rules do
not allow cannot be told.
"""
