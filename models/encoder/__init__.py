"""The text model's second stage: a small sentence encoder (all-MiniLM-L6-v2), and a head that was trained on it."""
