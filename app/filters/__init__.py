"""Filters: what a member would rather not read, or only when they ask. Nothing is taken away on the server: each status
says which filters it matched, and clients hide it or warn.
"""
