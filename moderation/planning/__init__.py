"""How many people a house needs, and which lines for holding fit those it has: counted and drawn, never set."""
