"""The crew: who they are, what only the house knows of their conflicts, and their records."""
