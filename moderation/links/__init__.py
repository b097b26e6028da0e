"""Link rules: a person's word, along with a decision and for a while, that what links to a host is refused."""
