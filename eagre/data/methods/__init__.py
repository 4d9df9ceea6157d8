"""The methods of `Dataset`, by theme: each makes a stage, which stands in its own file."""
