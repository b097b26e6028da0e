"""Search in what posts say: an index of words beside the posts, asked only through what a reader may see."""
