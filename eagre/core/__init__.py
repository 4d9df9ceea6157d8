"""The nouns of the framework: dtypes, shapes, specs, tensors, primitives."""
