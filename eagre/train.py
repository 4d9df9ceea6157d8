"""`tf.train`: checkpoints."""

from eagre import train_experimental as experimental
from eagre.state.checkpoint.browsing import (
    CheckpointReader,
    checkpoints_iterator,
    list_variables,
    load_checkpoint,
    load_variable,
)
from eagre.state.checkpoint.checkpoint import Checkpoint
from eagre.state.checkpoint.manager import CheckpointManager
from eagre.state.checkpoint.options import CheckpointOptions
from eagre.state.checkpoint.state_file import (
    CheckpointState,
    get_checkpoint_state,
    latest_checkpoint,
)
from eagre.state.trackable import Trackable

__all__ = [
    "Checkpoint",
    "CheckpointManager",
    "CheckpointOptions",
    "CheckpointReader",
    "CheckpointState",
    "Trackable",
    "checkpoints_iterator",
    "experimental",
    "get_checkpoint_state",
    "latest_checkpoint",
    "list_variables",
    "load_checkpoint",
    "load_variable",
]
