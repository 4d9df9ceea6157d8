"""Programs that eagre and TensorFlow both run, for checkpoints that go from one to the other.

Each function is given the framework and a number that all values depend on, and returns the parts
of a checkpoint; what is saved with one number is restored over another one's values.
"""

import numpy as np

DTYPES = ("float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8",
          "uint16", "uint32", "uint64", "complex64", "complex128")
OPTIMIZERS = {
    "Adadelta": {}, "Adagrad": {}, "Adam": {"amsgrad": True}, "AdamW": {}, "Adamax": {}, "Ftrl": {},
    "Lamb": {}, "Lion": {}, "RMSprop": {"momentum": 0.5, "centered": True},
    "SGD": {"momentum": 0.5},
}  # fmt: skip


def tree(tf, fill):
    """Modules, lists, dictionaries and tuples, a shared part, a cycle, names to be escaped."""
    module, inner = tf.Module(), tf.Module()
    module.weights = tf.Variable(tf.fill([2, 3], 1.5 + fill))
    module.parts = [tf.Variable(fill), {"a/b": tf.Variable(2.5 + fill), "c.S": inner}]
    module.pair = (tf.Variable([4.5 + fill]), tf.Variable([[True, fill > 0]]))
    inner.count = tf.Variable(int(fill) + 7, dtype=tf.int64)
    inner.whole = module
    return {"module": module, "same": inner, "generator": tf.random.Generator.from_seed(int(fill)),
            "position": position(tf, fill)}


def position(tf, fill):
    """An object that writes itself as a text."""

    class Position(tf.train.experimental.PythonState):
        text = f"line {fill}".encode()

        def serialize(self):
            return self.text

        def deserialize(self, string_value):
            self.text = string_value

    return Position()


def dtypes(tf, fill):
    """A variable of each dtype, among them extreme, empty and scalar ones."""
    numbers = np.array([[0, 1, 2], [100, 5, 6]]) + int(fill)
    parts = {name: tf.Variable(tf.cast(numbers, name)) for name in DTYPES}
    parts["bool"] = tf.Variable([True, False, fill > 0])
    parts["special"] = tf.Variable([np.inf, -np.inf, -0.0, 1e-45, fill])
    parts["empty"] = tf.Variable(tf.zeros([0, 3]))
    parts["scalar"] = tf.Variable(tf.cast(fill, tf.float64))
    parts["string"] = tf.Variable([["", "text"], ["ä" * 70, f"{fill}"]])
    parts["one_string"] = tf.Variable(f"x{fill}")
    return parts


def optimizer(name):
    """Two variables and an optimizer of a class after two steps."""

    def build(tf, fill):
        kernel, bias = tf.Variable([[1.0 + fill, 2.0]]), tf.Variable([3.0 + fill])
        found = getattr(tf.optimizers, name)(0.125 + fill, **OPTIMIZERS[name])
        for step in (1.0, 2.0):
            grads = tf.constant([[step, -fill]]), tf.constant([0.5 * step])
            found.apply_gradients(zip(grads, (kernel, bias), strict=True))
        for each in (kernel, bias, *optimizer_values(found)):
            if tf.as_dtype(each.dtype).is_floating:
                # The last bits of powers and norms are the machine's.
                each.assign(tf.round(each * 2.0**16) / 2.0**16)
        return {"kernel": kernel, "layers": [bias], "optimizer": found}

    return build


def large(tf, fill):
    """More than a file of data may hold; for TensorFlow the files end where tensors end."""
    return {"items": [tf.Variable(tf.fill([25], float(i) + fill)) for i in range(16)]}


PROGRAMS = {"tree": tree, "dtypes": dtypes, "large": large}
PROGRAMS |= {name: optimizer(name) for name in OPTIMIZERS}


def options(tf, name, **more):
    """How a program is saved."""
    if name != "large":
        return tf.train.CheckpointOptions(**more)
    policy = tf.train.experimental.MaxShardSizePolicy(808)
    return tf.train.CheckpointOptions(experimental_sharding_callback=policy, **more)


def state(parts):
    """The values of a program's variables and texts, as what can be compared and written."""
    found, pending = {}, [("", parts, ())]
    while pending:
        path, part, above = pending.pop()
        if hasattr(part, "text"):
            found[path] = part.text.decode()
        elif hasattr(part, "numpy"):
            found[path] = plain(part.numpy())
        elif hasattr(part, "state"):
            found[path] = plain(part.state.numpy())
        elif path == "/optimizer":
            slots = [plain(each.numpy()) for each in optimizer_values(part)]
            found[path] = sorted(slots, key=str)
        elif id(part) not in above:
            inner = part if isinstance(part, dict) else (
                dict(enumerate(part)) if isinstance(part, list | tuple) else vars(part))
            pending += [(f"{path}/{name}", inner[name], (*above, id(part))) for name in inner
                        if not str(name).startswith("_")]
    return dict(sorted(found.items()))


def optimizer_values(optimizer):
    """The variables of an optimizer's own; each framework has an order for them."""
    found = optimizer.variables
    return [getattr(each, "value", each) if type(each).__module__.startswith("keras") else each
            for each in found]


def plain(value):
    """An array as its dtype, its shape and its bytes."""
    array = np.asarray(value)
    if array.dtype == object or array.dtype.kind == "S":
        texts = [text.decode() for text in array.reshape(-1).tolist()]
        return ["string", list(array.shape), texts]
    return [str(array.dtype), list(array.shape), array.tobytes().hex()]
