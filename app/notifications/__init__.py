"""What a member is told."""
