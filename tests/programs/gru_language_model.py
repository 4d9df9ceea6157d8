"""A GRU over batches of sentences of many lengths: masks, tensor arrays, and sampling.

Cho et al., EMNLP 2014. States stay as they are where a sentence has ended.
"""


import eagre as tf

TEXT = """the cat sat on the mat
a dog ran
the dog sat
a cat ran to the dog
the mat"""


class GRU(tf.Module):
    def __init__(self, vocabulary, size=8, units=16):
        super().__init__(name="gru")
        generator = tf.random.Generator.from_seed(123)
        self.embedding = tf.Variable(generator.normal([vocabulary, size], stddev=0.3))
        self.gates = tf.Variable(generator.normal([size + units, 2 * units], stddev=0.2))
        self.candidate = tf.Variable(generator.normal([size + units, units], stddev=0.2))
        self.output = tf.Variable(generator.normal([units, vocabulary], stddev=0.2))
        self.units = units

    def step(self, tokens, state):
        x = tf.gather(self.embedding, tokens)
        gates = tf.sigmoid(tf.concat([x, state], axis=-1) @ self.gates)
        update, reset = tf.split(gates, 2, axis=-1)
        candidate = tf.tanh(tf.concat([x, reset * state], -1) @ self.candidate)
        return update * state + (1 - update) * candidate

    def __call__(self, tokens, lengths):
        """Logits [batch, time, vocabulary], and the last state of each sentence."""
        batch, steps = tf.unstack(tf.shape(tokens))
        state = tf.zeros([batch, self.units])
        outputs = tf.TensorArray(tf.float32, size=steps, element_shape=[None, self.units])
        for time in tf.range(steps):
            alive = (time < lengths)[:, None]
            state = tf.where(alive, self.step(tokens[:, time], state), state)
            outputs = outputs.write(time, state)
        states = tf.transpose(outputs.stack(), [1, 0, 2])
        return states @ self.output, state


@tf.function(reduce_retracing=True)
def train_step(model, optimizer, tokens, lengths):
    with tf.GradientTape() as tape:
        logits, _ = model(tokens[:, :-1], lengths - 1)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tokens[:, 1:], logits)
        mask = tf.sequence_mask(lengths - 1, tf.shape(loss)[1], dtype=tf.float32)
        loss = tf.math.divide_no_nan(tf.reduce_sum(loss * mask), tf.reduce_sum(mask))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss


@tf.function
def write(model, first, count, temperature):
    """Words drawn one after the other."""
    words = tf.TensorArray(tf.int32, size=count + 1, clear_after_read=False)
    words = words.write(0, first)
    state = tf.zeros([1, model.units])
    for index in tf.range(count):
        state = model.step(words.read(index)[tf.newaxis], state)
        logits = state @ model.output / temperature
        seed = tf.stack([index, 9])
        draw = tf.random.stateless_categorical(logits, 1, seed=seed, dtype=tf.int32)
        words = words.write(index + 1, draw[0, 0])
    return words.stack()


def main(epochs=8):
    sentences = [line.split() for line in TEXT.splitlines()]
    words = ["<pad>", "<s>", "</s>", *sorted({word for line in sentences for word in line})]
    number = {word: index for index, word in enumerate(words)}
    rows = [[1, *[number[word] for word in line], 2] for line in sentences]
    dataset = tf.data.Dataset.from_generator(
        lambda: iter(rows), output_signature=tf.TensorSpec([None], tf.int32)
    )
    dataset = dataset.map(lambda row: (row, tf.size(row))).padded_batch(
        3, padded_shapes=([None], []), drop_remainder=False
    )
    model, optimizer = GRU(len(words)), tf.optimizers.SGD(0.3, momentum=0.9)
    losses = [
        train_step(model, optimizer, tokens, lengths)
        for _ in range(epochs)
        for tokens, lengths in dataset.prefetch(tf.data.AUTOTUNE)
    ]
    written = write(model, tf.constant(1), 8, temperature=0.5)
    return {"losses": losses, "written": written, "state": model(*next(iter(dataset)))[1]}
