"""The review: where people look at what machines stopped or others reported, and decide."""
