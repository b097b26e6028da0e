"""The client API that Mastodon's clients speak."""
