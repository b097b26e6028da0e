"""Terms and privacy."""
