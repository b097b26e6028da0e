"""What Mastodon's documentation says of each entity, as tables, and how an answer is held against it."""
