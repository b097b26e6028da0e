"""Pictures from elsewhere."""
