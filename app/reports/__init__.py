"""Members' and remote servers' complaints, handed to moderation."""
