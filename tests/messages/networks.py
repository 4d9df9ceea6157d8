"""Wrong arguments of the rarer functions of `tf.nn` and `tf.random`."""

import numpy as np

import eagre as tf
from tests.messages.values import INVALID, MISMATCH

image, table = tf.ones([1, 3, 3, 2]), tf.ones([2, 3])
ones = [1, 1, 1, 1]
nn, random = tf.nn, tf.random
bounded = random.stateless_parameterized_truncated_normal

LAYERS = {
    "compute_average_loss: scalar": (lambda: nn.compute_average_loss(1.0), ValueError),
    "compute_average_loss: negative size": (
        lambda: nn.compute_average_loss([1.0], None, -1), *INVALID),
    "compute_average_loss: size": (
        lambda: nn.compute_average_loss([1.0], None, 2.5), TypeError),
    "log_poisson_loss: shapes": (lambda: nn.log_poisson_loss([1.0], [1.0, 2.0]), ValueError),
    "weighted_cross_entropy_with_logits: shapes": (
        lambda: nn.weighted_cross_entropy_with_logits([1.0], [1.0, 2.0], 1.0), ValueError),
    "local_response_normalization: axes": (lambda: nn.lrn(table), *INVALID),
    "conv: data_format": (
        lambda: tf.conv(tf.ones([1, 2, 2, 1]), tf.ones([1, 1, 1, 1]), [1] * 4, "SAME",
                        data_format="NHWC"), *INVALID),
    "conv: axes of space": (
        lambda: tf.conv(tf.ones([2, 2, 1]), tf.ones([1, 1, 1]), [1] * 3, "SAME"), *INVALID),
    "conv: groups": (
        lambda: tf.conv(tf.ones([1, 2, 2, 4]), tf.ones([1, 1, 1, 1]), [1] * 4, "SAME", groups=2),
        *INVALID),
    "conv: paddings": (
        lambda: tf.conv(tf.ones([1, 2, 2, 1]), tf.ones([1, 1, 1, 1]), [1] * 4, "EXPLICIT"),
        *INVALID),
    "stateless_dropout: integers": (
        lambda: nn.experimental.stateless_dropout(tf.constant([1]), 0.5, [1, 2]), ValueError),
    "general_dropout: rate": (
        lambda: nn.experimental.general_dropout([1.0], 1.5, tf.random.uniform), ValueError),
    "softmax_cross_entropy_with_logits: scalars": (
        lambda: nn.softmax_cross_entropy_with_logits(1.0, 2.0), *INVALID),
    "separable_conv2d: pointwise": (
        lambda: nn.separable_conv2d(
            image, tf.ones([2, 2, 2, 1]), tf.ones([2, 1, 2, 3]), ones, "SAME"), ValueError),
    "pool: type": (lambda: nn.pool(image, [2, 2], "MIN"), ValueError),
    "pool: strides": (lambda: nn.pool(image, [2, 2], "MAX", [1]), ValueError),
    "pool: both": (
        lambda: nn.pool(image, [2, 2], "MAX", [2, 2], dilations=[2, 2]), ValueError),
    "with_space_to_batch: rates": (
        lambda: nn.with_space_to_batch(image, [0], "VALID", None), ValueError),
    "with_space_to_batch: padding": (
        lambda: nn.with_space_to_batch(image, [2], "SAME", None), ValueError),
    "with_space_to_batch: unknown sizes": (
        lambda: tf.trace(lambda x: nn.with_space_to_batch(x, [2], "VALID", None),
                         tf.TensorSpec([None, None])), *INVALID),
    "dilation2d: format": (
        lambda: nn.dilation2d(image, tf.ones([2, 2, 2]), ones, "SAME", "NCHW", ones), ValueError),
    "dilation2d: strides": (
        lambda: nn.dilation2d(image, tf.ones([2, 2, 2]), [1, 2], "SAME", "NHWC", ones),
        tf.errors.UnimplementedError),
    "dilation2d: channels": (
        lambda: nn.dilation2d(image, tf.ones([2, 2, 3]), ones, "SAME", "NHWC", ones), *INVALID),
    "dilation2d: complex": (
        lambda: nn.dilation2d([1j], [1j], ones, "SAME", "NHWC", ones), *MISMATCH),
    "dilation2d: unknown sizes": (
        lambda: tf.trace(lambda x: nn.dilation2d(x, tf.ones([2, 2, 2]), ones, "SAME", "NHWC", ones),
                         tf.TensorSpec([1, None, 3, 2])), ValueError),
    "ctc_loss: shapes": (lambda: nn.ctc_loss([1], table, [1], [1]), *INVALID),
    "ctc_loss: blank": (
        lambda: nn.ctc_loss([[1]], tf.ones([2, 1, 3]), [1], [2], blank_index=3), ValueError),
    "ctc_unique_labels: axes": (lambda: nn.ctc_unique_labels([1]), *INVALID),
    "collapse_repeated: axes": (lambda: nn.collapse_repeated([1], [1]), *INVALID),
    "isotonic_regression: scalar": (lambda: nn.isotonic_regression(1.0), *INVALID),
    "nce_loss: labels": (
        lambda: nn.nce_loss(table, tf.ones(2), [1], table, 1, 2), *INVALID),
}

DRAWS = {
    "gamma: dtype": (lambda: random.gamma([2], 1, dtype=tf.int32), *MISMATCH),
    "gamma: negative": (lambda: random.gamma([2], -1.0), *INVALID),
    "poisson: negative": (lambda: random.poisson([2], -1.0), *INVALID),
    "poisson: too large": (lambda: random.poisson([2], np.inf, tf.int32), *INVALID),
    "poisson: end of the shape": (
        lambda: random.stateless_poisson([3], [1, 2], [1.0, 2.0]), *INVALID),
    "poisson: booleans": (lambda: random.stateless_poisson([2], [1, 2], True), *MISMATCH),
    "binomial: not a number": (
        lambda: random.stateless_binomial([2], [1, 2], np.nan, 0.5), *INVALID),
    "binomial: of a generator": (
        lambda: random.Generator.from_seed(1).binomial([2], np.nan, 0.5), *INVALID),
    "gamma: stateless, negative": (
        lambda: random.stateless_gamma([2], [1, 2], -1.0), *INVALID),
    "poisson: stateless, negative": (
        lambda: random.stateless_poisson([2], [1, 2], -1.0), *INVALID),
    "stateless_parameterized_truncated_normal: deviation": (
        lambda: bounded([2], [1, 2], 0.0, 0.0), *INVALID),
    "uniform_candidate_sampler: shape": (
        lambda: random.uniform_candidate_sampler([1], 1, 2, True, 3), *INVALID),
    "uniform_candidate_sampler: nothing": (
        lambda: random.uniform_candidate_sampler([[1]], 1, 0, True, 3), ValueError),
    "uniform_candidate_sampler: too many": (
        lambda: random.uniform_candidate_sampler([[1]], 1, 4, True, 3), *INVALID),
    "fixed_unigram_candidate_sampler: no weights": (
        lambda: random.fixed_unigram_candidate_sampler([[1]], 1, 1, True, 3), *INVALID),
    "fixed_unigram_candidate_sampler: weights": (
        lambda: random.fixed_unigram_candidate_sampler(
            [[1]], 1, 1, True, 3, unigrams=[1.0]), *INVALID),
    "fixed_unigram_candidate_sampler: too few weights above 0": (
        lambda: random.fixed_unigram_candidate_sampler(
            [[1]], 1, 2, True, 2, unigrams=[0.0, 1.0]), *INVALID),
    "compute_accidental_hits: shape": (
        lambda: nn.compute_accidental_hits([1], [1], 1), *INVALID),
}

volume = tf.ones([1, 3, 3, 3, 2])
five = [1] * 5
places, ratios, patches = nn.max_pool_with_argmax, nn.fractional_max_pool, tf.extract_volume_patches

WINDOWS = {
    "depth_to_space: channels": (lambda: nn.depth_to_space(tf.ones([1, 2, 2, 4]), 3), *INVALID),
    "space_to_depth: height": (lambda: nn.space_to_depth(tf.ones([1, 3, 2, 1]), 2), *INVALID),
    "space_to_batch: size": (
        lambda: tf.space_to_batch(tf.ones([1, 3]), [2], [[0, 0]]), *INVALID),
    "batch_to_space: batch": (
        lambda: tf.batch_to_space(tf.ones([3, 1]), [2], [[0, 0]]), *INVALID),
    "max_pool_with_argmax: format": (lambda: places(image, 2, 2, "SAME", "NCHW"), ValueError),
    "max_pool_with_argmax: padding of numbers": (
        lambda: places(image, 2, 2, [[0, 0], [1, 1], [1, 1], [0, 0]]), TypeError),
    "max_pool_with_argmax: padding": (lambda: places(image, 2, 2, "FOO"), *INVALID),
    "max_pool_with_argmax: axes": (lambda: places(image[0], 2, 2, "SAME"), *INVALID),
    "max_pool_with_argmax: too large": (lambda: places(image, 9, 1, "VALID"), *INVALID),
    "max_pool_with_argmax: ksize": (lambda: places(image, [1, 2, 2, 2], 1, "SAME"),
                                    tf.errors.UnimplementedError),
    "max_pool_with_argmax: dtype": (lambda: places(image > 0, 2, 2, "SAME"), *MISMATCH),
    "max_pool_with_argmax: output_dtype": (
        lambda: places(image, 2, 2, "SAME", output_dtype=tf.uint8), *MISMATCH),
    "fractional_max_pool: ratio": (lambda: ratios(image, 0.5), ValueError),
    "fractional_max_pool: too large": (lambda: ratios(image, 20.0), *INVALID),
    "fractional_max_pool: axes": (lambda: ratios(image[0], 1.5), *INVALID),
    "fractional_avg_pool: dtype": (
        lambda: nn.fractional_avg_pool(tf.cast(image, tf.float16), 1.5), *MISMATCH),
    "fractional_avg_pool: unknown sizes": (
        lambda: tf.trace(lambda x: nn.fractional_avg_pool(x, 1.5),
                         tf.TensorSpec([1, None, 3, 2])), ValueError),
    "extract_volume_patches: axes": (lambda: patches(image, five, five, "SAME"), *INVALID),
    "extract_volume_patches: length": (lambda: patches(volume, [2], five, "SAME"), *INVALID),
    "extract_volume_patches: channels": (lambda: patches(volume, [1, 1, 1, 1, 2], five, "SAME"),
                                         tf.errors.UnimplementedError),
    "extract_volume_patches: too large": (
        lambda: patches(volume, [1, 9, 1, 1, 1], five, "VALID"), *INVALID),
    "extract_volume_patches: padding": (lambda: patches(volume, five, five, 1), TypeError),
    "extract_volume_patches: dtype": (
        lambda: patches(volume > 0, five, five, "SAME"), *MISMATCH),
    "extract_volume_patches: unknown sizes": (
        lambda: tf.trace(lambda x: patches(x, five, five, "SAME"),
                         tf.TensorSpec([1, None, 3, 3, 2])), ValueError),
    "sobol_sample: dim": (lambda: tf.math.sobol_sample(0, 3), *INVALID),
    "sobol_sample: many": (lambda: tf.math.sobol_sample(21201, 3), *INVALID),
    "sobol_sample: skip": (lambda: tf.math.sobol_sample(2, 3, 2**31 - 2), *INVALID),
    "sobol_sample: dtype": (lambda: tf.math.sobol_sample(2, 3, dtype=tf.int32), *MISMATCH),
    "sobol_sample: unknown": (
        lambda: tf.trace(lambda n: tf.math.sobol_sample(2, n), tf.TensorSpec([], tf.int32)),
        ValueError),
}

TABLES = {"layers": LAYERS, "draws": DRAWS, "windows": WINDOWS}
FOREIGN_WORDS = set()
