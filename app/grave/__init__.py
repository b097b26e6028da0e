"""Grave cases in the app: what is sealed, who is told, what authorities get."""
