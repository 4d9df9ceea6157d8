"""Formats of files: from bytes to arrays and back. Nothing here knows a tensor.

Each foreign library that reads a format is imported in one file of this folder, on first use.
"""
