"""The streaming API: a process of its own, fed by Redis pub/sub, that renders each event for its reader."""
