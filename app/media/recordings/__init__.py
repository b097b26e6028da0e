"""Films and sounds elsewhere: wanted when somebody presses play, then fetched and made anew like those of members."""
