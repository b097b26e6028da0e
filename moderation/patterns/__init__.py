"""Patterns: links, hashtags and names about which a person made a rule, until it ends or somebody lifts it."""
