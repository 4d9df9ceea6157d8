"""Saves again and again until it is killed; each checkpoint holds one number, many times.

A process with eagre in memory reads lines from its input: a folder, a format, the largest size of
a shard, and after how many seconds to die. For each it forks a child, which goes on from the latest
checkpoint, saves at least once and is ended by the system's timer at whatever it is doing. The
number that the child has saved last is written to the output.
"""

import mmap
import os
import signal
import sys

import eagre as tf

SIZE, COUNT = 1000, 6
LONGEST = 120


def main():
    """Fork a child for each line."""
    reached = mmap.mmap(-1, 8)
    for line in sys.stdin:
        folder, kind, shard_size, seconds = line.rstrip("\n").split("\t")
        reached[:] = bytes(8)
        child = os.fork()
        if not child:
            save_for_ever(folder, kind, int(shard_size), float(seconds), reached)
        _, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status), int.from_bytes(reached[:], "little"), flush=True)


def save_for_ever(folder, kind, shard_size, seconds, reached):
    """Save to numbered paths and, where the format is replaced in one step, to the same one."""
    # Should a child come to no first save, it ends all the same, without a number.
    signal.alarm(LONGEST)
    variables = [tf.Variable(tf.fill([SIZE], 0)) for _ in range(COUNT)]
    policy = tf.train.experimental.MaxShardSizePolicy(shard_size)
    options = tf.train.CheckpointOptions(experimental_sharding_callback=policy, format=kind)
    checkpoint = tf.train.Checkpoint(v=variables)
    manager = tf.train.CheckpointManager(checkpoint, folder, max_to_keep=2)
    manager.restore_or_initialize()
    number = int(variables[0][0])
    while True:
        number += 1
        for variable in variables:
            variable.assign(tf.fill([SIZE], number))
        if kind == "safetensors":
            checkpoint.write(f"{folder}/same", options)
        manager.save(checkpoint_number=number, options=options)
        if not int.from_bytes(reached[:], "little"):
            signal.setitimer(signal.ITIMER_REAL, seconds)
        reached[:] = number.to_bytes(8, "little")


if __name__ == "__main__":
    main()
