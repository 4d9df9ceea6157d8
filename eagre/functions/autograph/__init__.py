"""Python control flow over tensors becomes graph control flow while a function is traced."""
