"""Benchmarks: figures as ratios of one run, never asserted in tests; `make bench` prints them."""
