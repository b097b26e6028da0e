"""The domain: what wants to be seen is judged here, and people decide here. No Flask, no HTTP, no Redis."""
