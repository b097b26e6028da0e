"""Pile-ons: many harmless-looking posts by strangers at one member are one case, about her and for her."""

LABEL = "pile_on"
"""What such a case is called."""
