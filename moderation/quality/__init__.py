"""How well the crew and the machines decide: opinions given blind, samples, agreement, practice. Never who is best."""
