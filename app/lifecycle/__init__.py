"""People leave, move, change keys, and lose sight of each other when a domain is suspended."""
