"""Terms and privacy, made from what is in force here, kept in versions; an admin's own words stand around them."""
