"""Posts that are to be published later."""
