"""`tf.compat.v1.gfile`: files and folders, by the names of TensorFlow 1."""

from eagre.files import gfile as _files

Copy = _files.copy
DeleteRecursively = _files.rmtree
Exists = _files.exists
FastGFile = GFile = Open = _files.GFile
Glob = _files.glob
IsDirectory = _files.isdir
ListDirectory = _files.listdir
MakeDirs = _files.makedirs
MkDir = _files.mkdir
Remove = _files.remove
Rename = _files.rename
Stat = _files.stat
Walk = _files.walk

__all__ = [
    "Copy",
    "DeleteRecursively",
    "Exists",
    "FastGFile",
    "GFile",
    "Glob",
    "IsDirectory",
    "ListDirectory",
    "MakeDirs",
    "MkDir",
    "Open",
    "Remove",
    "Rename",
    "Stat",
    "Walk",
]
