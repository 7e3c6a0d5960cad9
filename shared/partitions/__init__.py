"""Partitions of the log: who owns which, and a worker's share of them."""
