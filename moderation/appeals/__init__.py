"""Appeals: a decision is contested, and somebody else than who made it looks again."""
