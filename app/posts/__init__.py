"""Posts: written, judged, published, edited, deleted; and the one filter through which they are read."""
