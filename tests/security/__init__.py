"""What somebody with bad intentions would try, by every road at once."""
