"""What goes on here in numbers, for those who moderate: by day, by kind, and who stays."""
