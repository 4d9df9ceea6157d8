"""Control flow as operations that hold graphs."""
