"""How much faster a jacobian is as one batch than row by row.

Run `python benchmarks/jacobian.py`; it prints the milliseconds of each way.
"""

import time

import eagre as tf

OUTPUTS = 64


def milliseconds(at_once: bool) -> float:
    """The best of some jacobians of a network of two layers, by its input."""
    x = tf.random.stateless_normal([32], [1, 2])
    first = tf.random.stateless_normal([32, 128], [3, 4]) * 0.1
    second = tf.random.stateless_normal([128, OUTPUTS], [5, 6]) * 0.1
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        hidden = tf.tanh(tf.matmul(x[None], first))
        target = tf.nn.softmax(tf.matmul(hidden, second))[0]
    times: list[float] = []
    for _ in range(20):
        start = time.perf_counter()
        if at_once:
            tape.jacobian(target, x)
        else:
            rows = [tape.gradient(target, x, tf.one_hot(i, OUTPUTS)) for i in range(OUTPUTS)]
            tf.stack(rows)
        times.append(time.perf_counter() - start)
    return min(times) * 1e3


def main() -> None:
    """Print both ways and their ratio."""
    fast, slow = milliseconds(True), milliseconds(False)
    print(f"jacobian of {OUTPUTS} outputs: {fast:.2f} ms at once, {slow:.2f} ms row by row")
    print(f"ratio: {slow / fast:.1f}")


if __name__ == "__main__":
    main()
