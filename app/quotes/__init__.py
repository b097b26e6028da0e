"""Quotes: one post shows another, once the other's author agreed (FEP-044f)."""
