"""Films and sounds of members: sent, waiting, made anew by FFmpeg in a process that can do little else, then shown."""
