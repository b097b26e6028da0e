"""What people's decisions teach the machines, and what follows where labels exist only where somebody looked."""
