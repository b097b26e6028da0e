"""`make run DEMO=1`: an empty trial is filled with people, posts of every verdict, reports and a small queue."""
