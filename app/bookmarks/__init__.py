"""What members keep for later. Nobody else ever learns of it."""
