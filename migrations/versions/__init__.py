"""One file a step, named `NNNN_what_it_adds.py`, each naming the one before it."""
