"""The instance itself: its domain, name, rules, and what is public about it."""
