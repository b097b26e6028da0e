"""Instance rules: what people of this house wrote in CEL about a submission, its author, their server and findings."""
