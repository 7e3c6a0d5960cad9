"""Scenario files: given these facts, when that happens, then this must hold; run by the decider in memory.

`engine` drives the decider, `reading` reads a file, `facts` turns its steps into facts, `expected` compares.
"""
