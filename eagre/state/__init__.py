"""Things that keep values: variables, modules, optimizers."""
