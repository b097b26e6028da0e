"""Redis: nudges, feeds, budgets; nothing that can't be lost."""
