"""Named queues: which cases go where, who may work on them, and how what waits there ends by itself."""
