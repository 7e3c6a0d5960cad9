"""The commands of `dealreg`, a module each family."""
