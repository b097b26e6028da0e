"""The record of what staff did: one chain of events, in which nothing can be changed or left out unnoticed."""
