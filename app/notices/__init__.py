"""Legal notices by people without an account here (DSA, article 16): from the form to the answer by mail."""
