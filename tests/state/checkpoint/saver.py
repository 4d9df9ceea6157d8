"""Saves again and again until it is killed; each checkpoint holds one number, many times."""

import sys

import eagre as tf


def main(folder, shard_size):
    variables = [tf.Variable(tf.fill([1000], 0)) for _ in range(6)]
    policy = tf.train.experimental.MaxShardSizePolicy(shard_size)
    options = tf.train.CheckpointOptions(experimental_sharding_callback=policy)
    checkpoint = tf.train.Checkpoint(v=variables)
    manager = tf.train.CheckpointManager(checkpoint, folder, max_to_keep=2)
    number = 0
    while True:
        number += 1
        for variable in variables:
            variable.assign(tf.fill([1000], number))
        checkpoint.write(f"{folder}/same", options)
        manager.save(checkpoint_number=number, options=options)
        print(number, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
