"""Graphs: operations as data. Building, checking, printing and running them; tracing."""
