"""Deep Q-learning in a windy grid, with a replay buffer and a target network.

Mnih et al., Human-level control through deep reinforcement learning, Nature 2015; the target
takes the action that the network itself likes best (van Hasselt et al., AAAI 2016).
"""

import collections

import numpy as np

import eagre as tf

WIDTH, HEIGHT, ACTIONS = 5, 4, 4
MOVES = tf.constant([[0, 1], [0, -1], [1, 0], [-1, 0]])
GOAL = tf.constant([HEIGHT - 1, WIDTH - 1])

Transition = collections.namedtuple("Transition", "state action reward following done")


class World:
    """A walker in a grid; the wind blows it one row down in the middle column."""

    def reset(self):
        self.place, self.time = tf.constant([0, 0]), 0
        return self.observation()

    def observation(self):
        row, column = tf.unstack(self.place)
        return tf.concat([tf.one_hot(row, HEIGHT), tf.one_hot(column, WIDTH)], axis=0)

    def step(self, action):
        place = self.place + MOVES[action]
        place += tf.where(place[1] == WIDTH // 2, [-1, 0], [0, 0])
        limits = tf.constant([HEIGHT - 1, WIDTH - 1])
        self.place = tf.clip_by_value(place, 0, limits)
        self.time += 1
        reached = bool(tf.reduce_all(self.place == GOAL))
        return self.observation(), 1.0 if reached else -0.05, reached or self.time >= 25


class QNetwork(tf.Module):
    def __init__(self, rng, units=32):
        super().__init__()
        inputs = HEIGHT + WIDTH
        self.w1 = tf.Variable(rng.normal(0, 0.3, (inputs, units)).astype(np.float32))
        self.b1 = tf.Variable(tf.zeros([units]))
        self.value = tf.Variable(rng.normal(0, 0.2, (units, 1)).astype(np.float32))
        self.advantage = tf.Variable(rng.normal(0, 0.2, (units, ACTIONS)).astype(np.float32))

    @tf.function
    def __call__(self, states):
        hidden = tf.nn.relu(states @ self.w1 + self.b1)
        advantage = hidden @ self.advantage
        mean = tf.reduce_mean(advantage, axis=1, keepdims=True)
        return hidden @ self.value + advantage - mean

    def copy_from(self, other, share=1.0):
        for mine, theirs in zip(self.variables, other.variables, strict=True):
            mine.assign_add(share * (theirs - mine))


def huber(error, bound=1.0):
    size = tf.abs(error)
    return tf.where(size < bound, 0.5 * error**2, bound * (size - 0.5 * bound))


@tf.function
def train_step(network, target, optimizer, batch, discount=0.95):
    best = tf.argmax(network(batch.following), axis=1)
    following = tf.gather(target(batch.following), best, axis=1, batch_dims=1)
    wanted = batch.reward + discount * (1.0 - batch.done) * following
    with tf.GradientTape() as tape:
        chosen = tf.reduce_sum(network(batch.state) * tf.one_hot(batch.action, ACTIONS), axis=1)
        loss = tf.reduce_mean(huber(wanted - chosen))
    variables = network.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
    return loss


def main(episodes=6, batch_size=16):
    rng = np.random.default_rng(0)
    network, target = QNetwork(rng), QNetwork(rng)
    target.copy_from(network)
    optimizer = tf.optimizers.Adam(5e-3)
    world, memory = World(), collections.deque(maxlen=200)
    losses, returns = [], []
    for episode in range(episodes):
        state, done, total = world.reset(), False, 0.0
        while not done:
            if rng.random() < max(0.1, 1 - episode / 4):
                action = int(rng.integers(ACTIONS))
            else:
                action = int(tf.argmax(network(state[tf.newaxis])[0]))
            following, reward, done = world.step(action)
            memory.append(Transition(state, action, reward, following, float(done)))
            state, total = following, total + reward
            if len(memory) >= batch_size:
                chosen = rng.choice(len(memory), batch_size, replace=False)
                fields = zip(*[memory[index] for index in chosen], strict=True)
                batch = Transition(*[tf.convert_to_tensor(field) for field in fields])
                losses.append(train_step(network, target, optimizer, batch))
                target.copy_from(network, share=0.1)
        returns.append(total)
    return {"losses": losses, "returns": np.float32(returns), "values": network(tf.eye(9))}
