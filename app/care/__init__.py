"""Looking after people: letters from the house with helplines, and quiet days for the target of a pile-on."""
