"""Recording: what was judged becomes rows, and what follows from it cases and effects."""
