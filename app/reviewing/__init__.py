"""What moderators do, for pages and API alike: role, moderation's word, and its effects, in one write."""
