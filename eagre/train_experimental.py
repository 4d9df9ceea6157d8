"""`tf.train.experimental`: state as text, and policies for shards."""

from eagre.state.checkpoint.options import MaxShardSizePolicy, ShardByTaskPolicy
from eagre.state.checkpoint.python_state import PythonState

__all__ = [
    "MaxShardSizePolicy",
    "PythonState",
    "ShardByTaskPolicy",
]
