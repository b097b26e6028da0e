"""Listed hashes: files and pictures that a person put on a list, by what they are rather than by where they lie."""
