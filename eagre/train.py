"""`tf.train`: checkpoints, moving averages, and the messages in files of records."""

from eagre import train_experimental as experimental
from eagre.files.example_messages import BytesList, Feature, Features, FloatList, Int64List
from eagre.files.sequence_messages import Example, FeatureList, FeatureLists, SequenceExample
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
from eagre.state.checkpoint.views import CheckpointView, TrackableView
from eagre.state.moving_average import ExponentialMovingAverage
from eagre.state.trackable import Trackable

__all__ = [
    "BytesList",
    "Checkpoint",
    "CheckpointManager",
    "CheckpointOptions",
    "CheckpointReader",
    "CheckpointState",
    "CheckpointView",
    "Example",
    "ExponentialMovingAverage",
    "Feature",
    "FeatureList",
    "FeatureLists",
    "Features",
    "FloatList",
    "Int64List",
    "SequenceExample",
    "Trackable",
    "TrackableView",
    "checkpoints_iterator",
    "experimental",
    "get_checkpoint_state",
    "latest_checkpoint",
    "list_variables",
    "load_checkpoint",
    "load_variable",
]
