"""OAuth 2: how clients get their tokens."""
