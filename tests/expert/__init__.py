"""What an expert would test, by number; each file holds one point."""
