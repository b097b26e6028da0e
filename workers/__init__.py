"""Processes: queues and jobs, the scheduler, the supervisor of `ostiary run`, the command line."""
