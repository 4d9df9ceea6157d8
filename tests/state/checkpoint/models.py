"""Objects that the tests of checkpoints save."""

import eagre as tf


class Dense(tf.Module):
    def __init__(self, inputs, outputs, fill=0.0):
        super().__init__()
        self.weights = tf.Variable(tf.fill([inputs, outputs], float(fill)))
        self.bias = tf.Variable(tf.fill([outputs], float(fill)))


class Network(tf.Module):
    def __init__(self, fill=0.0):
        super().__init__()
        self.layers = [Dense(2, 3, fill + 1.0), Dense(3, 1, fill + 2.0)]
        self.named = {"a/b": tf.Variable(fill + 3.0), 7: tf.Variable(int(fill) + 4)}
        self.pair = (tf.Variable([fill + 5.0]), None, "text")
        self.first = self.layers[0]
        self.me = self


class Counter:
    """A class of the user's that says by itself what it is made of."""

    def __init__(self, count=0, text=b""):
        self.count, self.text, self.variable = count, text, tf.Variable(float(count))

    def __checkpoint__(self):
        return {"count": self.count, "text": self.text, "variable": self.variable}

    def __restore__(self, values):
        if int(values["count"]) < 0:
            raise ValueError("Counter expected a count of at least 0")
        self.count, self.text = int(values["count"]), values["text"]


def values(module):
    return [variable.numpy().tolist() for variable in module.variables]
