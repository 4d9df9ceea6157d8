"""Elements in files: what `save`, `snapshot` and `cache` write, and `load` reads.

A folder of elements has an index, `elements.json`, and a folder for the files that it names. The
index is written last and takes its place at once: without it there is nothing, and with it all.
"""
