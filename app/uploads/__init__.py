"""Pictures of members: taken, drawn anew, described, and shown with what was let in. What stands in nothing that is
shown is shown to nobody but its owner.
"""
