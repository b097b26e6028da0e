"""Orders to preserve: what no purge may touch while somebody with a right to it wants it kept."""
