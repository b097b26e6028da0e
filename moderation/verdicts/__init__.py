"""Verdicts: what the door said of each submission, with everything that it was said from."""
