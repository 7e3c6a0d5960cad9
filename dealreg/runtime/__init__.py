"""What runs: components, processes, their supervisor, everything on one port."""
