"""Holds: what waits for a person; every hold has an end."""
