"""Functions of graphs: whole batches at once, and the jacobians that they make cheap."""
