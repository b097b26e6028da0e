"""Reports: somebody's complaint, from its filing to what came of it."""
