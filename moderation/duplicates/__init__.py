"""Near-duplicates: fingerprints of recent posts, and the clusters that they form."""
