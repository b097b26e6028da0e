"""What is deleted while an order wants it kept: gone from every page at once, sealed until the order ends."""
