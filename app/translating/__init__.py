"""Translations by a machine elsewhere, where the admin named one: asked for by a person each time, and not kept."""
