"""`python -m workers.cli`, which is what `.venv/bin/ostiary` runs."""

from workers.cli import main

main(prog_name="ostiary")
