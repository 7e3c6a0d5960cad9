"""The commands of `dealreg`, one module per group."""
