"""Devices and their names. Everything is computed on the CPU, which may go by several names.

A program that names a device it does not have goes on with the CPU (soft placement), or fails
where it names the device; see docs/devices.md. Operations never look at what stands here.
"""

from __future__ import annotations

import contextvars
from typing import Any, NamedTuple, NoReturn

from eagre.core import settings
from eagre.core.errors import InvalidArgumentError

_TYPES = frozenset({"CPU", "GPU", "TPU", "CUSTOM", "EPU"})


class DeviceSpec:
    """The name of a device, taken apart; a part that is None is left open.

    >>> tf.DeviceSpec.from_string("/job:worker/cpu:1").to_string()
    '/job:worker/device:CPU:1'
    """

    __slots__ = ("_parts",)

    def __init__(
        self,
        job: Any = None,
        replica: Any = None,
        task: Any = None,
        device_type: Any = None,
        device_index: Any = None,
    ) -> None:
        kind = None if device_type is None else str(device_type)
        self._parts = (
            None if job is None else str(job),
            _number(replica, "replica"),
            _number(task, "task"),
            kind.upper() if kind in ("cpu", "gpu") else kind,
            _number(device_index, "device_index"),
        )

    @property
    def job(self) -> str | None:
        """The name of the job."""
        return self._parts[0]

    @property
    def replica(self) -> int | None:
        """The number of the replica."""
        return self._parts[1]

    @property
    def task(self) -> int | None:
        """The number of the task."""
        return self._parts[2]

    @property
    def device_type(self) -> str | None:
        """The kind of device, such as "CPU"."""
        return self._parts[3]

    @property
    def device_index(self) -> int | None:
        """The number of the device among those of its kind."""
        return self._parts[4]

    @classmethod
    def from_string(cls, spec: str) -> DeviceSpec:
        """The spec that a name such as "/job:worker/task:1/device:CPU:0" or "CPU:0" says."""
        if not isinstance(spec, str):  # pyright: ignore[reportUnnecessaryIsInstance] user's value
            raise TypeError(f"DeviceSpec.from_string expected a string. Received: spec={spec!r}")
        fields: dict[str, Any] = {}
        for part in filter(None, spec.split("/")):
            found = _parsed(part, spec)
            if "device_type" in fields and "device_type" in found:
                raise ValueError(
                    f"DeviceSpec.from_string expected one device type. Received: spec={spec!r}"
                )
            fields.update(found)
        return cls(**fields)

    def parse_from_string(self, spec: str) -> DeviceSpec:
        """The spec that a name says; nothing of this one remains."""
        return self.from_string(spec)

    def make_merged_spec(self, dev: DeviceSpec) -> DeviceSpec:
        """The parts of `dev`, and where it leaves one open that of this spec."""
        pairs = zip(dev._parts, self._parts, strict=True)
        return DeviceSpec(*[mine if new is None else new for new, mine in pairs])

    def replace(self, **kwargs: Any) -> DeviceSpec:
        """This spec with other parts."""
        names = ("job", "replica", "task", "device_type", "device_index")
        return DeviceSpec(**{**dict(zip(names, self._parts, strict=True)), **kwargs})

    def to_string(self) -> str:
        """The name, in which parts that are open do not stand."""
        job, replica, task, kind, index = self._parts
        words = [("job", job), ("replica", replica), ("task", task)]
        text = "".join(f"/{word}:{value}" for word, value in words if value is not None)
        if kind is None:
            return text
        return f"{text}/device:{kind}:{'*' if index is None else index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DeviceSpec) and self._parts == other._parts

    def __hash__(self) -> int:
        return hash(self._parts)

    def __repr__(self) -> str:
        job, replica, task, kind, index = self._parts
        return (
            f"<DeviceSpec(job={job}, replica={replica}, task={task}, device_type={kind}, "
            f"device_index={index})>"
        )


def _number(value: Any, name: str) -> int | None:
    try:
        return None if value is None else int(value)
    except (TypeError, ValueError):
        raise ValueError(f"DeviceSpec expected an integer. Received: {name}={value!r}") from None


def _parsed(part: str, spec: str) -> dict[str, Any]:
    """What one part of a name, between slashes, says."""
    key, *values = part.split(":")
    if key in ("job", "replica", "task") and len(values) == 1:
        return {key: values[0]}
    if key.upper() in _TYPES and len(values) < 2:
        key, values = "device", [key.upper(), *values]
        values = values if len(values) == 2 else [*values, "*"]
    if key == "device" and len(values) == 2:
        kind, index = values
        return {"device_type": kind} | ({} if index == "*" else {"device_index": index})
    raise ValueError(
        "DeviceSpec.from_string expected a name such as 'CPU:0' or '/job:localhost/device:CPU:0'. "
        f"Received: spec={spec!r}"
    )


class PhysicalDevice(NamedTuple):
    """A device of this machine."""

    name: str
    device_type: str


class LogicalDevice(NamedTuple):
    """A name under which a program finds a device."""

    name: str
    device_type: str


class LogicalDeviceConfiguration(NamedTuple):
    """One logical device of a physical one."""

    memory_limit: Any = None
    experimental_priority: Any = None
    experimental_device_ordinal: Any = None


CPU = PhysicalDevice("/physical_device:CPU:0", "CPU")
_configurations: dict[PhysicalDevice, list[LogicalDeviceConfiguration]] = {}
_visible = {CPU: True}
_ANY = DeviceSpec()
_named: contextvars.ContextVar[DeviceSpec] = contextvars.ContextVar("device", default=_ANY)


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The devices of this machine that eagre computes on: the CPU.

    >>> tf.config.list_physical_devices()
    [PhysicalDevice(name='/physical_device:CPU:0', device_type='CPU')]
    >>> tf.config.list_physical_devices("GPU")
    []
    """
    return [CPU] if device_type in (None, "CPU") else []


def get_visible_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The physical devices that have logical ones."""
    return [each for each in list_physical_devices(device_type) if _visible[each]]


def set_visible_devices(devices: Any, device_type: str | None = None) -> None:
    """Hide the physical devices that are not named; operations go on with the CPU all the same."""
    several: Any = [devices] if isinstance(devices, PhysicalDevice | str) else devices
    chosen: list[Any] = list(several)
    offered = list_physical_devices(device_type)
    for each in chosen:
        _check_physical(each, "set_visible_devices", offered)
    _visible.update({each: each in chosen for each in offered})


def list_logical_devices(device_type: str | None = None) -> list[LogicalDevice]:
    """The names under which a program finds devices.

    >>> tf.config.list_logical_devices("CPU")
    [LogicalDevice(name='/device:CPU:0', device_type='CPU')]
    """
    count = len(_configurations.get(CPU, [None])) if get_visible_devices(device_type) else 0
    return [LogicalDevice(f"/device:CPU:{index}", "CPU") for index in range(count)]


def set_logical_device_configuration(device: Any, logical_devices: Any) -> None:
    """Give the CPU several names, one for each configuration.

    >>> cpu, = tf.config.list_physical_devices("CPU")
    >>> two = [tf.config.LogicalDeviceConfiguration(), tf.config.LogicalDeviceConfiguration()]
    >>> tf.config.set_logical_device_configuration(cpu, two)
    >>> [device.name for device in tf.config.list_logical_devices()]
    ['/device:CPU:0', '/device:CPU:1']
    >>> tf.config.set_logical_device_configuration(cpu, two[:1])
    """
    name = "set_logical_device_configuration"
    _check_physical(device, name, [CPU])
    configurations = list(logical_devices)
    if not configurations:
        raise ValueError(
            f"{name} expected at least one configuration. Received: logical_devices=[]"
        )
    for each in configurations:
        if not isinstance(each, LogicalDeviceConfiguration):
            raise TypeError(
                f"{name} expected tf.config.LogicalDeviceConfiguration objects. Received: {each!r}"
            )
        if each != LogicalDeviceConfiguration():
            raise ValueError(
                f"{name} expected no memory limit, priority or ordinal for a CPU, which shares its "
                f"memory with the program. Received: {each!r}"
            )
    _configurations[device] = configurations


def get_logical_device_configuration(device: Any) -> list[LogicalDeviceConfiguration] | None:
    """What `set_logical_device_configuration` was given for the device, None where nothing was."""
    _check_physical(device, "get_logical_device_configuration", [CPU])
    return _configurations.get(device)


def get_device_details(device: Any) -> dict[str, Any]:
    """Nothing: only details of GPUs are told."""
    if not isinstance(device, PhysicalDevice):
        raise ValueError(
            f"get_device_details expected a tf.config.PhysicalDevice. Received: device={device!r}"
        )
    return {}


def set_memory_growth(device: Any, enable: bool) -> None:
    """Refused: only the memory of GPUs can be told to grow."""
    _refuse_growth("set_memory_growth", device)


def get_memory_growth(device: Any) -> bool:
    """Refused: only the memory of GPUs can be told to grow."""
    _refuse_growth("get_memory_growth", device)


def get_memory_info(device: str) -> dict[str, int]:
    """Zeros: what tensors take of the CPU's memory is not counted.

    >>> tf.config.experimental.get_memory_info("CPU:0")
    {'current': 0, 'peak': 0}
    """
    _check_logical(device, "get_memory_info")
    return {"current": 0, "peak": 0}


def get_memory_usage(device: str) -> int:
    """Zero: what tensors take of the CPU's memory is not counted."""
    _check_logical(device, "get_memory_usage")
    return 0


def reset_memory_stats(device: str) -> None:
    """Nothing: what tensors take of the CPU's memory is not counted."""
    _check_logical(device, "reset_memory_stats")


def _check_physical(device: Any, name: str, offered: list[PhysicalDevice]) -> None:
    if not isinstance(device, PhysicalDevice) or device not in offered:
        raise ValueError(f"{name} expected one of {offered}. Received: device={device!r}")


def _check_logical(name: str, function: str) -> None:
    spec = DeviceSpec.from_string(name)
    if spec.device_type is None or spec.device_index is None:
        raise ValueError(
            f"{function} expected a name with a type and an index, such as 'CPU:0'. "
            f"Received: device={name!r}"
        )
    if not _is_there(spec):
        raise ValueError(f"{function} expected {_offer()}. Received: device={name!r}")


def _refuse_growth(function: str, device: Any) -> NoReturn:
    raise ValueError(
        f"{function} expected a GPU, and there is none: {list_physical_devices()}. "
        f"Received: device={device!r}"
    )


# Placing --------------------------------------------------------------------------------------


class device:
    """A context, or a decorator, in which operations are placed on the device of that name.

    There are CPUs only. Another device is replaced by the CPU while soft placement is on, as it
    is by default, and is an error when the context is entered while it is off.

    Raises:
        InvalidArgumentError: the device is not there, and is not to be replaced.

    >>> with tf.device("GPU:0"):
    ...     x = tf.constant(1.0)
    >>> x.device
    '/job:localhost/replica:0/task:0/device:CPU:0'
    """

    __slots__ = ("_spec", "_tokens")

    def __init__(self, device_name: Any) -> None:
        self._tokens: list[Any] = []
        if callable(device_name):
            raise RuntimeError(
                "device expected the name of a device, not a function. "
                f"Received: device_name={getattr(device_name, '__name__', device_name)}"
            )
        if isinstance(device_name, LogicalDevice):
            device_name = device_name.name
        if device_name is not None and not isinstance(device_name, str | DeviceSpec):
            raise ValueError(
                "device expected a name such as 'CPU:0', a tf.DeviceSpec or None. "
                f"Received: device_name={device_name!r}"
            )
        is_text = isinstance(device_name, str)
        self._spec = DeviceSpec.from_string(device_name) if is_text else device_name

    def __enter__(self) -> None:
        spec = self._spec
        placed = _ANY if spec is None else _named.get().make_merged_spec(spec)
        _check_placement(placed)
        self._tokens.append(_named.set(placed))

    def __exit__(self, *error: object) -> None:
        _named.reset(self._tokens.pop())

    def __call__(self, function: Any) -> Any:
        """The function, run in this context."""
        from functools import wraps

        @wraps(function)
        def placed(*args: Any, **kwargs: Any) -> Any:
            with device(self._spec):
                return function(*args, **kwargs)

        return placed


def _check_placement(spec: DeviceSpec) -> None:
    is_here = spec.job in (None, "localhost") and not spec.replica and not spec.task
    is_sound = spec.device_index is None or spec.device_index >= 0
    if _is_there(spec) or (is_here and is_sound and settings.get_soft_device_placement()):
        return
    advice = ". Call tf.config.set_soft_device_placement(True) to go on with the CPU."
    raise InvalidArgumentError(
        f"device expected {_offer()}, for there is no other device. "
        f"Received: device_name={spec.to_string()!r}{advice if is_here and is_sound else ''}"
    )


def _is_there(spec: DeviceSpec) -> bool:
    """Whether some logical device has the name. The first CPU is always there to compute on."""
    if spec.job not in (None, "localhost") or spec.replica or spec.task:
        return False
    count = max(1, len(list_logical_devices("CPU")))
    return spec.device_type in (None, "CPU") and (spec.device_index or 0) in range(count)


def _offer() -> str:
    """The devices that there are, for a message."""
    count = max(1, len(list_logical_devices("CPU")))
    names = [f"'CPU:{index}'" for index in range(count)]
    return " or ".join(names) if count < 4 else f"one of {names[0]} to {names[-1]}"


def no_gpu(index: int) -> RuntimeError:
    """The error for a tensor that is to be copied to a GPU."""
    return RuntimeError(f"gpu expected a GPU, and there is only {_offer()}. Received: GPU:{index}")
