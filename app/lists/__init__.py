"""Lists: some of those whom a member follows, in a timeline of their own. Those listed never learn of it."""
