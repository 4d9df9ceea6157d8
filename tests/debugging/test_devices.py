"""Devices by several names, and the switches that are kept and given back."""

import pytest

import eagre as tf

CPU = tf.config.list_physical_devices("CPU")[0]
TWO = [tf.config.LogicalDeviceConfiguration()] * 2


@pytest.fixture
def two_names():
    tf.config.set_logical_device_configuration(CPU, TWO)
    yield
    tf.config.set_logical_device_configuration(CPU, TWO[:1])


@pytest.fixture
def hard_placement():
    tf.config.set_soft_device_placement(False)
    yield
    tf.config.set_soft_device_placement(True)


@pytest.mark.usefixtures("two_names", "hard_placement")
def test_one_processor_has_two_names():
    assert tf.config.get_logical_device_configuration(CPU) == TWO
    names = [device.name for device in tf.config.list_logical_devices("CPU")]
    assert names == ["/device:CPU:0", "/device:CPU:1"]
    for device in tf.config.list_logical_devices():
        with tf.device(device):
            assert tf.constant(1.0).device.endswith("CPU:0")
    with pytest.raises(tf.errors.InvalidArgumentError, match="'CPU:0' or 'CPU:1'"):
        with tf.device("CPU:2"):
            pass


@pytest.mark.usefixtures("hard_placement")
def test_nested_names_are_put_together():
    with tf.device("/job:localhost"):
        with tf.device("CPU:0"):
            pass
        with tf.device(None), tf.device(""):
            pass
        with pytest.raises(tf.errors.InvalidArgumentError, match="/job:localhost/device:GPU:0"):
            with tf.device("GPU:0"):
                pass


@pytest.mark.usefixtures("hard_placement")
def test_a_decorated_function_runs_in_the_context():
    @tf.device("CPU:0")
    def f(x, factor=2):
        return x * factor

    @tf.device("GPU:3")
    def g():
        return 1

    assert (f(2), f.__name__) == (4, "f")
    with pytest.raises(tf.errors.InvalidArgumentError, match="GPU:3"):
        g()


def test_hidden_devices_are_not_listed():
    tf.config.set_visible_devices([], "CPU")
    try:
        assert tf.config.get_visible_devices() == tf.config.list_logical_devices() == []
        assert (tf.constant(1) + 1).numpy() == 2
    finally:
        tf.config.set_visible_devices(CPU, "CPU")
    assert tf.config.get_visible_devices() == [CPU]


SWITCHES = [
    (tf.config, "soft_device_placement", False, True),
    (tf.config.threading, "inter_op_parallelism_threads", 3, 0),
    (tf.config.threading, "intra_op_parallelism_threads", 2, 0),
    (tf.config.experimental, "device_policy", "warn", "silent"),
    (tf.config.experimental, "synchronous_execution", False, True),
    (tf.debugging, "log_device_placement", True, False),
    (tf.config.optimizer, "jit", "autoclustering", ""),
]


@pytest.mark.parametrize(("space", "name", "value", "default"), SWITCHES)
def test_switches_are_given_back(space, name, value, default):
    read, write = getattr(space, f"get_{name}"), getattr(space, f"set_{name}")
    assert read() == default
    write(value)
    assert read() == value
    write(default)
    assert read() == default


def test_tensor_float_32_and_running_eagerly_are_given_back():
    tf.config.run_functions_eagerly(True)
    tf.config.experimental.enable_tensor_float_32_execution(False)
    assert tf.config.functions_run_eagerly()
    assert not tf.config.experimental.tensor_float_32_execution_enabled()
    tf.config.run_functions_eagerly(False)
    tf.config.experimental.enable_tensor_float_32_execution(True)
    assert not tf.config.functions_run_eagerly()


def test_options_are_a_new_dictionary():
    options = tf.config.optimizer.get_experimental_options()
    options["constant_folding"] = "changed"
    assert tf.config.optimizer.get_experimental_options() != options
