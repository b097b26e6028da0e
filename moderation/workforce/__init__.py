"""Who moderates here: what they read, what they don't, and which case is for whom."""
