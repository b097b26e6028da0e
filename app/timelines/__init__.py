"""Home feeds and public timelines: lists of ids, always read through the visibility filter."""
