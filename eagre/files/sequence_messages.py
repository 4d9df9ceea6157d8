"""`tf.train.Example` and `SequenceExample`: features, and lists of features, by their keys."""

from __future__ import annotations

from typing import Any

from eagre.core.wire_format import Message as Fields
from eagre.core.wire_format import bytes_field
from eagre.files.example_messages import Feature, Features, _known_field, _MapOwner, _message
from eagre.files.messages import Message, block


class _Features(list[Any]):
    """A list of features, which grows by copies."""

    __slots__ = ("_owner",)

    def __init__(self, owner: Message) -> None:
        super().__init__()
        self._owner = owner

    def add(self, **fields: Any) -> Feature:
        """Add a feature of these fields; the feature."""
        made = self._owner._inner(Feature(**fields))
        super().append(made)
        self._owner.touched()
        return made

    def append(self, feature: Any) -> None:
        self.add().CopyFrom(_message(feature, Feature, "FeatureList(feature)"))

    def extend(self, features: Any) -> None:
        for each in features or ():
            self.append(each)


class FeatureList(Message):
    """Features of one kind, one for each step.

    >>> step = tf.train.Feature(float_list=tf.train.FloatList(value=[1.0]))
    >>> len(tf.train.FeatureList(feature=[step, step]).feature)
    2
    """

    __slots__ = ("_features",)

    def __init__(self, feature: Any = None) -> None:
        super().__init__()
        self._features = _Features(self)
        self._features.extend(feature)

    @property
    def feature(self) -> Any:
        """The features, a list to read and to fill."""
        return self._features

    def Clear(self) -> None:  # noqa: N802
        """Take the features out."""
        self._features.clear()
        self._is_set = False

    def _pieces(self) -> list[bytes]:
        return [bytes_field(1, each.SerializeToString()) for each in self._features]

    def _merge(self, data: bytes) -> None:
        for content in Fields(data).all_bytes(1):
            self._features.add()._merge(content)

    def _lines(self, indent: str) -> list[str]:
        return [line for each in self._features for line in block("feature", each, indent)]


class FeatureLists(_MapOwner):
    """Lists of features by their keys.

    >>> lists = tf.train.FeatureLists()
    >>> lists.feature_list["steps"].feature.add().int64_list.value.append(3)
    >>> len(lists.feature_list["steps"].feature)
    1
    """

    __slots__ = ()
    _field = "feature_list"
    _kind = FeatureList

    def __init__(self, feature_list: Any = None) -> None:
        super().__init__(feature_list)

    @property
    def feature_list(self) -> Any:
        """The map from keys to lists."""
        return self._map


class _Record(Message):
    """A message whose fields are messages."""

    __slots__ = ("_parts",)
    _fields: dict[str, tuple[int, Any]] = {}

    def __init__(self, **given: Any) -> None:
        super().__init__()
        self._parts: dict[str, Any] = {}
        self.Clear()
        for name, value in given.items():
            if value is not None:
                kind = self._fields[name][1]
                self._parts[name].CopyFrom(_message(value, kind, f"{type(self).__name__}({name})"))

    def Clear(self) -> None:  # noqa: N802
        """Take everything out."""
        for name, (_, kind) in self._fields.items():
            self._parts[name] = self._inner(kind())
        self._is_set = False

    def HasField(self, field_name: str) -> bool:  # noqa: N802
        """Whether a field is set."""
        return _known_field(self, field_name, self._fields) and self._parts[field_name]._is_set

    def ClearField(self, field_name: str) -> None:  # noqa: N802
        """Take a field out."""
        _known_field(self, field_name, self._fields)
        self._parts[field_name] = self._inner(self._fields[field_name][1]())

    def _pieces(self) -> list[bytes]:
        return [
            bytes_field(number, self._parts[name].SerializeToString())
            for name, (number, _) in self._fields.items()
            if self._parts[name]._is_set
        ]

    def _merge(self, data: bytes) -> None:
        fields = Fields(data)
        for name, (number, _) in self._fields.items():
            for content in fields.all_bytes(number):
                self._parts[name]._merge(content)
                self._parts[name].touched()

    def _lines(self, indent: str) -> list[str]:
        named = [(name, self._parts[name]) for name in self._fields]
        return [line for name, each in named if each._is_set for line in block(name, each, indent)]


class Example(_Record):
    """Features by their keys: what a record of a TFRecord file usually is.

    >>> value = tf.train.Feature(int64_list=tf.train.Int64List(value=[7]))
    >>> example = tf.train.Example(features=tf.train.Features(feature={"label": value}))
    >>> example.features.feature["label"].int64_list.value
    [7]
    >>> tf.train.Example.FromString(example.SerializeToString()) == example
    True
    """

    __slots__ = ()
    _fields = {"features": (1, Features)}

    def __init__(self, features: Any = None) -> None:
        super().__init__(features=features)

    @property
    def features(self) -> Features:
        """The features."""
        return self._parts["features"]


class SequenceExample(_Record):
    """Features of a whole sequence, and for each of its steps.

    >>> example = tf.train.SequenceExample()
    >>> example.context.feature["length"].int64_list.value.append(1)
    >>> example.feature_lists.feature_list["x"].feature.add().float_list.value.append(0.5)
    >>> len(example.SerializeToString())
    38
    """

    __slots__ = ()
    _fields = {"context": (1, Features), "feature_lists": (2, FeatureLists)}

    def __init__(self, context: Any = None, feature_lists: Any = None) -> None:
        super().__init__(context=context, feature_lists=feature_lists)

    @property
    def context(self) -> Features:
        """The features of the whole sequence."""
        return self._parts["context"]

    @property
    def feature_lists(self) -> FeatureLists:
        """The features of the steps."""
        return self._parts["feature_lists"]
