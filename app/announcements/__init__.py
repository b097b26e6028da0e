"""What the house announces to its members."""
