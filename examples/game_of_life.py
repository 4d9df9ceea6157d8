"""Conway's Game of Life: a convolution counts the neighbors, and a glider walks over the board.

The board is a torus: it is padded with its own opposite edges before the convolution.

    python examples/game_of_life.py [--size 12] [--generations 48]
"""

from __future__ import annotations

import argparse

import numpy as np

import eagre as tf

NEIGHBORS = tf.constant([[1.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
GLIDER = [[0, 1, 0], [0, 0, 1], [1, 1, 1]]


def wrap(board):
    """The board with a rim of the cells that lie beyond its edges."""
    board = tf.concat([board[-1:], board, board[:1]], axis=0)
    return tf.concat([board[:, -1:], board, board[:, :1]], axis=1)


@tf.function
def next_generation(board):
    """Three neighbors give birth, two or three keep alive."""
    padded = tf.cast(wrap(board), tf.float32)[tf.newaxis, :, :, tf.newaxis]
    filters = NEIGHBORS[:, :, tf.newaxis, tf.newaxis]
    count = tf.nn.conv2d(padded, filters, strides=1, padding="VALID")[0, :, :, 0]
    return (count == 3) | (board & (count == 2))


@tf.function
def live(board, generations):
    """The board after some generations."""
    for _ in tf.range(generations):
        board = next_generation(board)
    return board


def show(board):
    """The board as text."""
    return "\n".join("".join("█" if cell else "·" for cell in row) for row in board.numpy())


def main(size=12, generations=48):
    """Let a glider walk and print; returns the first board, one each 4 steps, and the last."""
    start = tf.pad(tf.cast(GLIDER, tf.bool), [[0, size - 3], [0, size - 3]])
    board, boards = start, [start]
    for generation in range(4, generations + 1, 4):
        board = live(board, tf.constant(4))
        boards.append(board)
        rows, columns = np.nonzero(board.numpy())
        print(f"generation {generation:3}: {len(rows)} cells, rows {sorted({*rows.tolist()})}")
    print(show(board))
    return boards


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=12)
    parser.add_argument("--generations", type=int, default=48)
    main(**vars(parser.parse_args()))
