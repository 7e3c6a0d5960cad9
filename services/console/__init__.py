"""The console: server-rendered pages for partners and channel managers, over the public API and nothing else."""
