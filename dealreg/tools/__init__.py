"""Helpers of commands: progress, recomputation, figures."""
