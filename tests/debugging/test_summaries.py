"""`summary_of`: variables by path, and totals."""

import eagre as tf


class Layer(tf.Module):
    def __init__(self, units):
        super().__init__()
        self.kernel = tf.Variable(tf.zeros([4, units]))
        self.bias = tf.Variable(tf.zeros([units], tf.float64))


class Model(tf.Module):
    def __init__(self):
        super().__init__()
        self.layers = [Layer(3), Layer(2)]
        self.shared = self.layers[0].kernel
        self.settings = {"rate": tf.Variable(0.5, trainable=False), "name": "model"}


def test_variables_by_path_each_once():
    summary = tf.summary_of(Model())
    assert [row.path for row in summary.rows] == [
        "layers[0].bias", "layers[0].kernel", "layers[1].bias", "layers[1].kernel",
        "settings['rate']",
    ]
    assert summary.elements == 3 + 12 + 2 + 8 + 1
    assert summary.bytes == 8 * 3 + 4 * 12 + 8 * 2 + 4 * 8 + 4
    row = summary.rows[1]
    assert (row.shape, row.dtype, row.trainable, row.device) == ((4, 3), "float32", True, "CPU:0")


def test_it_prints_as_a_table(golden):
    summary = tf.summary_of(Model())
    golden("summary", str(summary))
    assert repr(summary) == str(summary) and str(summary) in summary._repr_html_().replace(
        "&#x27;", "'"
    )


def test_other_containers_and_nothing():
    v = tf.Variable([1, 2])
    assert tf.summary_of([v, v]).rows[0].path == "[0]"
    assert tf.summary_of({"a": v}).rows[0].path == "['a']"
    assert tf.summary_of(v).elements == 2
    assert str(tf.summary_of(tf.Module())).splitlines()[-1].split() == ["total", "0", "0", "0"]
