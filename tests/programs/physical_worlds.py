"""Three small worlds: reacting chemicals, falling bodies, and a wave in Fourier space.

Pearson, Science 1993 (Gray-Scott); Verlet, Physical Review 1967; the Korteweg-de Vries equation by
an integrating factor, as in Trefethen, Spectral methods in MATLAB, 2000, program 27.
"""

import numpy as np

import eagre as tf


@tf.function
def react(u, v, steps, feed=0.035, kill=0.065):
    """Gray and Scott's reaction on a torus, its diffusion by a convolution."""
    laplacian = tf.constant([[0.05, 0.2, 0.05], [0.2, -1.0, 0.2], [0.05, 0.2, 0.05]])
    kernel = laplacian[:, :, tf.newaxis, tf.newaxis]

    def diffuse(x):
        rows = tf.concat([x[-1:], x, x[:1]], axis=0)
        padded = tf.concat([rows[:, -1:], rows, rows[:, :1]], axis=1)
        return tf.nn.conv2d(padded[None, :, :, None], kernel, 1, "VALID")[0, :, :, 0]

    for _ in tf.range(steps):
        reaction = u * v * v
        u, v = (
            u + 1.0 * diffuse(u) - reaction + feed * (1.0 - u),
            v + 0.5 * diffuse(v) + reaction - (feed + kill) * v,
        )
    return u, v


def potential(places, masses, softening=0.05):
    """The energy of bodies [n, 3] that attract each other."""
    differences = places[:, tf.newaxis] - places[tf.newaxis]
    distances = tf.sqrt(tf.reduce_sum(differences**2, axis=-1) + softening**2)
    pairs = masses[:, tf.newaxis] * masses / distances
    return -0.5 * tf.reduce_sum(pairs - tf.linalg.diag(tf.linalg.diag_part(pairs)))


def accelerations(places, masses):
    with tf.GradientTape() as tape:
        tape.watch(places)
        energy = potential(places, masses)
    return -tape.gradient(energy, places) / masses[:, tf.newaxis], energy


@tf.function(reduce_retracing=True)
def fall(places, speeds, masses, steps, step):
    """Verlet's steps; the whole energy after each."""
    energies = tf.TensorArray(tf.float64, size=steps)
    pull, _ = accelerations(places, masses)
    for i in tf.range(steps):
        speeds = speeds + 0.5 * step * pull
        places = places + step * speeds
        pull, energy = accelerations(places, masses)
        speeds = speeds + 0.5 * step * pull
        moving = 0.5 * tf.reduce_sum(masses[:, tf.newaxis] * speeds**2)
        energies = energies.write(i, energy + moving)
    return places, energies.stack()


@tf.function
def soliton(u, steps, step):
    """u_t + u u_x + u_xxx = 0 on a circle, the third derivative exactly."""
    count = u.shape[0]
    frequency = tf.cast(tf.concat([tf.range(count // 2), [0], tf.range(1 - count // 2, 0)], 0),
                        tf.float64)
    turn = tf.complex(tf.zeros_like(frequency), frequency)
    spectrum = tf.signal.fft(tf.cast(u, tf.complex128))
    half = tf.exp(tf.cast(0.5 * step, tf.complex128) * -(turn**3))
    slope = -0.5 * tf.cast(step, tf.complex128) * turn

    def change(spectrum):
        values = tf.math.real(tf.signal.ifft(spectrum))
        return slope * tf.signal.fft(tf.cast(values**2, tf.complex128))

    for _ in tf.range(steps):
        a = change(spectrum)
        b = change(half * (spectrum + a / 2))
        c = change(half * spectrum + b / 2)
        d = change(half**2 * spectrum + half * c)
        spectrum = half**2 * spectrum + (half**2 * a + 2 * half * (b + c) + d) / 6
    return tf.math.real(tf.signal.ifft(spectrum))


def main():
    rng = np.random.default_rng(35)
    u = np.ones((24, 24), np.float32)
    v = np.zeros((24, 24), np.float32)
    u[9:15, 9:15], v[9:15, 9:15] = 0.5, 0.25 + 0.1 * rng.random((6, 6))
    u, v = react(tf.constant(u), tf.constant(v), tf.constant(60))
    places = tf.constant(rng.normal(size=(5, 3)))
    speeds = tf.constant(0.3 * rng.normal(size=(5, 3)))
    masses = tf.constant(rng.uniform(0.5, 1.5, 5))
    places, energies = fall(places, speeds, masses, tf.constant(40), tf.constant(0.01, tf.float64))
    x = tf.cast(tf.range(64), tf.float64) * (2 * np.pi / 64) - np.pi
    wave = 3.0 * 16.0 / tf.cosh(0.5 * 4.0 * (x + 1.0)) ** 2
    after = soliton(wave, tf.constant(40), tf.constant(1e-4, tf.float64))
    return {
        "u": u[::4, ::4],
        "mass": tf.reduce_sum(v),
        "places": places,
        "energies": energies[::8],
        "wave": after[::4],
        "is_kept": tf.abs(tf.reduce_sum(after) - tf.reduce_sum(wave)) < 1e-8,
    }
