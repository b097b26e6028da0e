"""Macros: several actions on one key, with the text for the author in each language."""
