"""An actor and its critic learn to balance a pole; a whole episode is one graph.

Sutton and Barto, Reinforcement learning, 2018, section 13.5; the equations of the cart are those
of Barto, Sutton and Anderson, IEEE SMC 1983. An episode is a loop that writes tensor arrays.
"""

import numpy as np

import eagre as tf

EPSILON = np.finfo(np.float32).eps.item()


class ActorCritic(tf.Module):
    def __init__(self, rng, units=16):
        super().__init__()
        self.hidden = tf.Variable(rng.normal(0, 0.5, (4, units)).astype(np.float32))
        self.actor = tf.Variable(rng.normal(0, 0.1, (units, 2)).astype(np.float32))
        self.critic = tf.Variable(rng.normal(0, 0.1, (units, 1)).astype(np.float32))

    def __call__(self, state):
        features = tf.nn.tanh(tf.linalg.matmul(state, self.hidden))
        return features @ self.actor, features @ self.critic


def push(state, action):
    """The cart a fiftieth of a second later, and whether the pole has fallen."""
    x, speed, angle, turning = tf.unstack(state)
    force = tf.where(tf.equal(action, 1), 10.0, -10.0)
    sine, cosine = tf.sin(angle), tf.cos(angle)
    part = (force + 0.05 * turning**2 * sine) / 1.1
    spin = (9.8 * sine - cosine * part) / (0.5 * (4.0 / 3.0 - 0.1 * cosine**2 / 1.1))
    acceleration = part - 0.05 * spin * cosine / 1.1
    state = state + 0.02 * tf.stack([speed, acceleration, turning, spin])
    fallen = tf.logical_or(tf.abs(state[0]) > 2.4, tf.abs(state[2]) > 0.21)
    return state, fallen


def run_episode(model, initial, seed, limit):
    """Logarithms of the chosen actions' probabilities, values, and rewards: [time] each."""
    chosen = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    values = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    rewards = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    state = initial
    for t in tf.range(limit):
        logits, value = model(tf.expand_dims(state, 0))
        draw = tf.random.stateless_uniform([], seed=tf.stack([seed, t]))
        action = tf.cast(draw > tf.nn.softmax(logits)[0, 0], tf.int32)
        state, fallen = push(state, action)
        chosen = chosen.write(t, tf.nn.log_softmax(logits)[0, action])
        values = values.write(t, tf.squeeze(value))
        rewards = rewards.write(t, 1.0)
        if fallen:
            break
    return chosen.stack(), values.stack(), rewards.stack()


def expected_returns(rewards, discount=0.95):
    """What came after each time, discounted, with mean 0 and deviation 1."""
    count = tf.shape(rewards)[0]
    returns = tf.TensorArray(tf.float32, size=count)
    total = tf.constant(0.0)
    for i in tf.range(count):
        total = rewards[count - 1 - i] + discount * total
        total.set_shape([])
        returns = returns.write(count - 1 - i, total)
    returns = returns.stack()
    return (returns - tf.math.reduce_mean(returns)) / (tf.math.reduce_std(returns) + EPSILON)


@tf.function
def train_step(model, optimizer, initial, seed, limit):
    with tf.GradientTape() as tape:
        chosen, values, rewards = run_episode(model, initial, seed, limit)
        returns = tf.stop_gradient(expected_returns(rewards))
        actor_loss = -tf.reduce_sum(chosen * tf.stop_gradient(returns - values))
        size = tf.abs(returns - values)
        critic_loss = tf.reduce_sum(tf.where(size < 1.0, 0.5 * size**2, size - 0.5))
        loss = actor_loss + critic_loss
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return tf.reduce_sum(rewards), loss


def main(episodes=8, limit=40):
    rng = np.random.default_rng(3)
    model, optimizer = ActorCritic(rng), tf.optimizers.Adam(learning_rate=0.01)
    lengths, losses = [], []
    for episode in range(episodes):
        initial = tf.constant(rng.uniform(-0.05, 0.05, 4), dtype=tf.float32)
        length, loss = train_step(model, optimizer, initial, tf.constant(episode), limit)
        lengths.append(int(length))
        losses.append(loss)
    return {"lengths": np.array(lengths), "losses": losses, "policy": model(tf.eye(4))}
