"""The rows of op_table.py: one operation each, in the words of eagre, NumPy and PyTorch."""

# A line is "eagre; NumPy; PyTorch": "=" stands for the same expression with another first name,
# and nothing for a contender that has no such expression. A section gives the most elements that
# its rows get, where more would take too long.
TABLE = {
    "elementwise": (None, """
        x + y; =; =
        x * 2.0; =; =
        x ** 2; =; =
        x ** y; =; =
        tf.add(x, y); =; =
        tf.subtract(x, y); =; =
        tf.multiply(x, y); =; =
        tf.divide(x, y); =; =
        tf.maximum(x, y); =; =
        tf.minimum(x, y); =; =
        tf.math.floordiv(i, j); np.floor_divide(i, j); torch.floor_divide(i, j)
        tf.math.floormod(i, j); np.mod(i, j); torch.remainder(i, j)
        tf.math.floormod(x, y); np.mod(x, y); torch.remainder(x, y)
        tf.atan2(x, y); np.arctan2(x, y); =
        tf.math.squared_difference(x, y); np.square(x - y); torch.square(x - y)
        tf.math.multiply_no_nan(x, y); np.where(y == 0, 0, x * y)
        tf.math.divide_no_nan(x, y); np.where(y == 0, 0, x / y)
        tf.math.xlogy(x, y); special.xlogy(x, y); torch.xlogy(x, y)
        tf.negative(x); =; =
        tf.abs(x); =; =
        tf.sign(x); =; =
        tf.square(x); =; =
        tf.sqrt(x); =; =
        tf.math.rsqrt(x); 1 / np.sqrt(x); torch.rsqrt(x)
        tf.math.reciprocal(x); np.reciprocal(x); torch.reciprocal(x)
        tf.exp(x); =; =
        tf.math.expm1(x); np.expm1(x); torch.expm1(x)
        tf.math.log(x); np.log(x); torch.log(x)
        tf.math.log1p(x); np.log1p(x); torch.log1p(x)
        tf.sin(x); =; =
        tf.cos(x); =; =
        tf.tan(x); =; =
        tf.asin(x); np.arcsin(x); =
        tf.atan(x); np.arctan(x); =
        tf.sinh(x); =; =
        tf.tanh(x); =; =
        tf.math.asinh(x); np.arcsinh(x); torch.asinh(x)
        tf.floor(x); =; =
        tf.math.ceil(x); np.ceil(x); torch.ceil(x)
        tf.round(x); =; =
        tf.math.rint(x); np.rint(x)
        tf.math.erf(x); special.erf(x); torch.erf(x)
        tf.math.erfinv(x); special.erfinv(x); torch.erfinv(x)
        tf.math.lgamma(x); special.gammaln(x); torch.lgamma(x)
        tf.math.digamma(x); special.psi(x); torch.digamma(x)
        tf.sigmoid(x); special.expit(x); =
        tf.math.is_nan(x); np.isnan(x); torch.isnan(x)
        tf.math.is_finite(x); np.isfinite(x); torch.isfinite(x)
        tf.clip_by_value(x, 0.2, 0.8); np.clip(x, 0.2, 0.8); torch.clip(x, 0.2, 0.8)
        x < y; =; =
        tf.equal(i, j); =; torch.eq(i, j)
        tf.greater_equal(x, y); =; torch.ge(x, y)
        tf.not_equal(x, y); =; torch.ne(x, y)
        tf.logical_and(b, c); =; =
        tf.logical_not(b); =; =
        tf.where(b, x, y); =; =
        tf.where(b, x, 0.0); =; =
        tf.bitwise.bitwise_and(i, j); np.bitwise_and(i, j); torch.bitwise_and(i, j)
        tf.bitwise.left_shift(i, j); np.left_shift(i, j % 32)
        tf.cast(x, tf.float64); x.astype(np.float64); x.to(torch.float64)
        tf.cast(x, tf.int32); x.astype(np.int32); x.to(torch.int32)
        tf.cast(i, tf.float32); i.astype(np.float32); i.to(torch.float32)
        tf.cast(b, tf.float32); b.astype(np.float32); b.to(torch.float32)
        tf.complex(x, y); x + 1j * y; =
        tf.math.real(z); np.real(z).copy(); torch.real(z)
        tf.math.conj(z); np.conj(z); torch.conj_physical(z)
        tf.math.angle(z); np.angle(z); torch.angle(z)
        tf.abs(z); =; =
        z * z; =; =
        tf.add_n([x, y, x]); x + y + x; x + y + x
        tf.math.polyval([1.0, 2.0, 3.0], x); (x + 2.0) * x + 3.0; (x + 2.0) * x + 3.0
        tf.stop_gradient(x); x.copy(); x.detach()
        tf.identity(x); x.copy(); x.clone()
        tf.saturate_cast(x, tf.uint8); np.clip(x, 0, 255).astype(np.uint8)
        """),
    "reductions": (None, """
        tf.reduce_sum(x); np.sum(x); torch.sum(x)
        tf.reduce_sum(m, 0); np.sum(m, 0); torch.sum(m, 0)
        tf.reduce_sum(m, 1); np.sum(m, 1); torch.sum(m, 1)
        tf.reduce_sum(m, 1, keepdims=True); np.sum(m, 1, keepdims=True)
        tf.reduce_sum(i); np.sum(i, dtype=np.int32); torch.sum(i)
        tf.reduce_mean(x); np.mean(x); torch.mean(x)
        tf.reduce_mean(m, 1); np.mean(m, 1); torch.mean(m, 1)
        tf.reduce_max(x); np.max(x); torch.max(x)
        tf.reduce_max(m, 0); np.max(m, 0); torch.amax(m, 0)
        tf.reduce_max(m, 1); np.max(m, 1); torch.amax(m, 1)
        tf.reduce_min(m, 1); np.min(m, 1); torch.amin(m, 1)
        tf.reduce_prod(m, 1); np.prod(m, 1); torch.prod(m, 1)
        tf.reduce_any(d, 1); np.any(d, 1); torch.any(d, 1)
        tf.reduce_all(b); np.all(b); torch.all(b)
        tf.reduce_logsumexp(m, 1); special.logsumexp(m, 1); torch.logsumexp(m, 1)
        tf.math.reduce_variance(m, 1); np.var(m, 1); torch.var(m, 1, correction=0)
        tf.math.reduce_std(x); np.std(x); torch.std(x, correction=0)
        tf.math.reduce_euclidean_norm(m, 1); np.sqrt(np.sum(m * m, 1)); torch.norm(m, dim=1)
        tf.nn.moments(x, [0])[1]; np.var(x)
        tf.norm(x); np.linalg.norm(x); torch.linalg.norm(x)
        tf.argmax(m, 1); np.argmax(m, 1); torch.argmax(m, 1)
        tf.argmin(m, 0); np.argmin(m, 0); torch.argmin(m, 0)
        tf.math.count_nonzero(b); np.count_nonzero(b); torch.count_nonzero(b)
        tf.cumsum(m, 1); np.cumsum(m, 1); torch.cumsum(m, 1)
        tf.cumsum(m, 0); np.cumsum(m, 0); torch.cumsum(m, 0)
        tf.cumsum(m, 1, exclusive=True); np.cumsum(m, 1) - m
        tf.math.cumprod(m, 1); np.cumprod(m, 1); torch.cumprod(m, 1)
        tf.math.bincount(i); np.bincount(i); torch.bincount(i)
        tf.math.bincount(i, x); np.bincount(i, x); torch.bincount(i, x)
        tf.math.zero_fraction(x); np.mean(x == 0)
        tf.histogram_fixed_width(x, [0.0, 1.0]); np.histogram(x, 100, (0.0, 1.0))[0]
        """),
    "shape": (None, """
        tf.reshape(x, (side, -1)); x.reshape(side, -1); x.reshape(side, -1)
        tf.transpose(m); np.transpose(m); m.T
        tf.transpose(m) + m; m.T + m; m.T + m
        tf.expand_dims(x, 0); =; x.unsqueeze(0)
        tf.squeeze(x[:, tf.newaxis], 1); np.squeeze(x[:, None], 1); torch.squeeze(x[:, None], 1)
        tf.concat([x, y], 0); np.concatenate([x, y]); torch.cat([x, y])
        tf.concat([m, q], 1); np.concatenate([m, q], 1); torch.cat([m, q], 1)
        tf.stack([x, y]); =; =
        tf.stack([x, y], 1); np.stack([x, y], 1); torch.stack([x, y], 1)
        tf.unstack(m[:2])[1]; m[1]; torch.unbind(m[:2])[1]
        tf.split(x, 2)[1]; np.split(x, 2)[1]; torch.chunk(x, 2)[1]
        tf.tile(x, [2]); np.tile(x, 2); torch.tile(x, (2,))
        tf.repeat(x, 2); =; torch.repeat_interleave(x, 2)
        tf.pad(m, [[1, 1], [1, 1]]); np.pad(m, 1)
        tf.pad(m, [[1, 1], [1, 1]], "REFLECT"); np.pad(m, 1, "reflect")
        tf.reverse(x, [0]); np.flip(x, 0).copy(); torch.flip(x, (0,))
        tf.roll(x, 1, 0); =; =
        tf.broadcast_to(x, (2, size)); np.broadcast_to(x, (2, size)); x.expand(2, size)
        tf.zeros(size); np.zeros(size, np.float32); torch.zeros(size)
        tf.ones(size); np.ones(size, np.float32); torch.ones(size)
        tf.zeros_like(x); =; =
        tf.ones_like(x); =; =
        tf.fill((size,), 2.0); np.full(size, np.float32(2)); torch.full((size,), 2.0)
        tf.range(size); np.arange(size, dtype=np.int32); torch.arange(size)
        tf.linspace(0.0, 1.0, size); np.linspace(0, 1, size, dtype=np.float32)
        tf.eye(side); np.eye(side, dtype=np.float32); torch.eye(side)
        tf.one_hot(rows, side); (rows[:, None] == np.arange(side)).astype(np.float32)
        tf.meshgrid(m[0], m[1])[0] + 0.0; np.meshgrid(m[0], m[1])[0] + np.float32(0)
        tf.shape(x); np.array(x.shape, np.int32)
        tf.size(x); np.array(x.size, np.int32)
        tf.constant(array); array.copy(); torch.tensor(array)
        tf.convert_to_tensor(array); array.copy(); torch.tensor(array)
        tf.sequence_mask(rows, side); np.arange(side) < rows[:, None]
        tf.space_to_batch([[[[1.0], [2.0]]]], [1, 2], [[0, 0], [0, 0]]); \
            np.array([[[[1]]], [[[2]]]])
        x.numpy(); x.copy(); x.numpy().copy()
        """),
    "indexing": (None, """
        x[1]; =; =
        x[1:3]; =; =
        x[::-1]; x[::-1].copy(); torch.flip(x, (0,))
        m[:, 0]; =; =
        m[1, ..., tf.newaxis]; m[1, ..., None]; m[1, ..., None]
        tf.slice(m, [1, 0], [1, 2]); m[1:2, :2]; m[1:2, :2]
        tf.gather(x, p); np.take(x, p); torch.index_select(x, 0, p)
        tf.gather(m, rows); np.take(m, rows, 0); torch.index_select(m, 0, rows)
        tf.gather(m, rows, axis=1); np.take(m, rows, 1); torch.index_select(m, 1, rows)
        tf.gather_nd(m, pairs); m[pairs[:, 0], pairs[:, 1]]; m[pairs[:, 0], pairs[:, 1]]
        tf.gather(m, k, batch_dims=1); np.take_along_axis(m, k, 1); torch.gather(m, 1, k.long())
        tf.boolean_mask(x, b); x[b]; x[b]
        tf.where(b)[:, 0]; np.nonzero(b)[0]; torch.nonzero(b)[:, 0]
        tf.nn.embedding_lookup(m, rows); m[rows]; m[rows]
        tf.tensor_scatter_nd_update(x, p[:, tf.newaxis], y); put(x, p, y); \
            x.clone().index_copy_(0, p.long(), y)
        tf.tensor_scatter_nd_add(x, p[:, tf.newaxis], y); put_add(x, p, y); \
            torch.index_add(x, 0, p, y)
        tf.scatter_nd(p[:, tf.newaxis], y, [size]); put_add(np.zeros_like(x), p, y)
        tf.math.segment_sum(x, seg); np.add.reduceat(x, starts)
        tf.math.unsorted_segment_sum(x, rank, side); np.bincount(rank, x, side)
        tf.math.unsorted_segment_sum(m, rows, side); put_add(np.zeros_like(m), rows, m)
        tf.math.unsorted_segment_max(x, rank, side); put_max(x, rank, side)
        tf.sort(x); =; torch.sort(x)[0]
        tf.sort(m, axis=0); np.sort(m, axis=0); torch.sort(m, 0)[0]
        tf.sort(x, direction="DESCENDING"); np.sort(x)[::-1]; torch.sort(x, descending=True)[0]
        tf.argsort(x); np.argsort(x, kind="stable"); torch.argsort(x, stable=True)
        tf.math.top_k(x, 2)[0]; np.sort(np.partition(x, -2)[-2:])[::-1]; torch.topk(x, 2)[0]
        tf.math.in_top_k(rows, m, 1); m[np.arange(side), rows] >= np.max(m, 1)
        tf.unique(i)[0]; i[np.sort(np.unique(i, return_index=True)[1])]
        tf.searchsorted(ordered, x); np.searchsorted(ordered, x); torch.searchsorted(ordered, x)
        tf.linalg.diag(m[0]); np.diag(m[0]); torch.diag(m[0])
        tf.linalg.diag_part(m); np.diagonal(m).copy(); torch.diagonal(m)
        tf.linalg.set_diag(m, m[0]); set_diagonal(m, m[0])
        tf.linalg.band_part(m, 0, -1); np.triu(m); torch.triu(m)
        tf.math.invert_permutation(p); np.argsort(p); torch.argsort(p)
        tf.dynamic_partition(x, n01, 2)[0]; x[n01 == 0]; x[n01 == 0]
        """),
    "linear algebra": (65_536, """
        tf.matmul(m, q); =; =
        tf.matmul(m, q, transpose_b=True); m @ q.T; m @ q.T
        tf.linalg.matvec(m, q[0]); m @ q[0]; m @ q[0]
        tf.tensordot(x, y, 1); np.dot(x, y); torch.dot(x, y)
        tf.tensordot(m, q, [[0], [1]]); np.tensordot(m, q, [[0], [1]])
        tf.einsum("ij,jk->ik", m, q); m @ q; torch.einsum("ij,jk->ik", m, q)
        tf.einsum("ij->ji", m); np.einsum("ij->ji", m); torch.einsum("ij->ji", m)
        tf.einsum("ij,ij->i", m, q); np.einsum("ij,ij->i", m, q); torch.einsum("ij,ij->i", m, q)
        tf.linalg.trace(m); np.trace(m); torch.trace(m)
        tf.linalg.inv(s); np.linalg.inv(s); torch.linalg.inv(s)
        tf.linalg.det(s); np.linalg.det(s); torch.linalg.det(s)
        tf.linalg.solve(s, m); np.linalg.solve(s, m); torch.linalg.solve(s, m)
        tf.linalg.cholesky(s); np.linalg.cholesky(s); torch.linalg.cholesky(s)
        tf.linalg.cholesky_solve(s, m); linalg.cho_solve((s, True), m); torch.cholesky_solve(m, s)
        tf.linalg.triangular_solve(s, m); linalg.solve_triangular(s, m, lower=True)
        tf.linalg.qr(s)[1]; np.linalg.qr(s)[1]; torch.linalg.qr(s)[1]
        tf.linalg.eigh(s)[0]; np.linalg.eigh(s)[0]; torch.linalg.eigh(s)[0]
        tf.linalg.svd(s)[0]; np.linalg.svd(s)[1]; torch.linalg.svd(s)[1]
        tf.linalg.lstsq(s, m); np.linalg.lstsq(s, m, rcond=None)[0]; torch.linalg.lstsq(s, m)[0]
        tf.linalg.expm(s / 1000.0); linalg.expm(s / 1000)
        tf.linalg.logdet(s); np.linalg.slogdet(s)[1]; torch.logdet(s)
        tf.linalg.cross(xyz, xyz + 1.0); np.cross(xyz, xyz + 1); torch.linalg.cross(xyz, xyz + 1)
        tf.linalg.adjoint(m); m.T; m.T
        tf.linalg.normalize(m)[0]; m / np.linalg.norm(m); m / torch.linalg.norm(m)
        """),
    "networks": (250_000, """
        tf.nn.relu(x - 0.5); np.maximum(x - 0.5, 0); torch.relu(x - 0.5)
        tf.nn.relu6(x); np.clip(x, 0, 6); nn.relu6(x)
        tf.nn.leaky_relu(x); np.maximum(x, 0.2 * x); nn.leaky_relu(x, 0.2)
        tf.nn.elu(x); np.where(x > 0, x, np.expm1(x)); nn.elu(x)
        tf.nn.selu(x); 1.0507009873 * np.where(x > 0, x, 1.6732632423 * np.expm1(x)); nn.selu(x)
        tf.nn.gelu(x); x / 2 * (1 + special.erf(x * 0.70710678)); nn.gelu(x)
        tf.nn.silu(x); x * special.expit(x); nn.silu(x)
        tf.nn.softplus(x); np.logaddexp(x, 0); nn.softplus(x)
        tf.nn.softsign(x); x / (1 + np.abs(x)); nn.softsign(x)
        tf.nn.softmax(m); (e := np.exp(m - m.max(1, keepdims=True))) / e.sum(1, keepdims=True); \
            nn.softmax(m, 1)
        tf.nn.log_softmax(m); special.log_softmax(m, 1); nn.log_softmax(m, 1)
        tf.nn.bias_add(m, q[0]); m + q[0]; m + q[0]
        tf.nn.l2_loss(x); np.sum(x * x) / 2; torch.sum(x * x) / 2
        tf.nn.l2_normalize(m, 1); m / np.sqrt(np.sum(m * m, 1, keepdims=True)); nn.normalize(m)
        tf.nn.batch_normalization(m, q[0], q[1], q[0], q[1], 0.1); \
            (m - q[0]) / np.sqrt(q[1] + np.float32(0.1)) * q[1] + q[0]
        tf.nn.sigmoid_cross_entropy_with_logits(x, y); \
            np.maximum(y, 0) - y * x + np.log1p(np.exp(-np.abs(y))); \
            nn.binary_cross_entropy_with_logits(y, x, reduction="none")
        tf.nn.sparse_softmax_cross_entropy_with_logits(rows, m); \
            special.logsumexp(m, 1) - m[np.arange(side), rows]; \
            nn.cross_entropy(m, rows.long(), reduction="none")
        tf.nn.conv2d(image, kernel, 1, "VALID"); \
            np.tensordot(windows(image, (2, 2), (1, 2)), kernel, ([3, 4, 5], [2, 0, 1])); \
            nn.conv2d(image.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1)).permute(0, 2, 3, 1)
        tf.nn.depthwise_conv2d(image, depthwise, [1, 1, 1, 1], "VALID"); \
            np.einsum("bhwcij,ijcm->bhwcm", windows(image, (2, 2), (1, 2)), depthwise)[..., 0]
        tf.nn.max_pool2d(image, 2, 2, "VALID"); blocks(image).max((2, 4)); \
            nn.max_pool2d(image.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
        tf.nn.avg_pool2d(image, 2, 2, "VALID"); blocks(image).mean((2, 4)); \
            nn.avg_pool2d(image.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
        tf.nn.max_pool2d(image, 2, 1, "VALID"); windows(image, (2, 2), (1, 2)).max((4, 5))
        """),
    "signals": (None, """
        tf.signal.rfft(x); np.fft.rfft(x); torch.fft.rfft(x)
        tf.signal.fft(z); np.fft.fft(z); torch.fft.fft(z)
        tf.signal.irfft(z); np.fft.irfft(z); torch.fft.irfft(z)
        tf.signal.fft2d(w); np.fft.fft2(w); torch.fft.fft2(w)
        tf.signal.frame(x, 4, 2); windows(x, 4)[::2].copy(); x.unfold(0, 4, 2)
        """),
    "random": (None, """
        tf.random.uniform([size]); random.random(size, np.float32); torch.rand(size)
        tf.random.normal([size]); random.standard_normal(size, np.float32); torch.randn(size)
        tf.random.truncated_normal([size]); random.standard_normal(size, np.float32)
        tf.random.uniform([size], maxval=9, dtype=tf.int32); random.integers(0, 9, size, np.int32)
        tf.random.stateless_uniform([size], [1, 2]); random.random(size, np.float32); \
            torch.rand(size)
        tf.random.stateless_normal([size], [1, 2]); random.standard_normal(size, np.float32)
        generator.normal([size]); random.standard_normal(size, np.float32); torch.randn(size)
        tf.random.shuffle(x); random.permutation(x); x[torch.randperm(size)]
        tf.random.categorical(m, 1); np.argmax(m + random.gumbel(size=m.shape), 1)
        tf.random.gamma([size], 2.0); random.standard_gamma(2.0, size, np.float32)
        tf.random.poisson([size], 2.0); random.poisson(2.0, size)
        tf.random.poisson([size], 50.0); random.poisson(50.0, size)
        tf.random.stateless_binomial([size], [1, 2], 5.0, 0.5); random.binomial(5, 0.5, size)
        tf.random.uniform([size], dtype=tf.float64); random.random(size)
        tf.random.normal([size], dtype=tf.float64); random.standard_normal(size)
        generator.uniform_full_int([size], tf.int64); random.integers(-(2**62), 2**62, size)
        tf.random.split([1, 2], size); random.integers(0, 2**31, (size, 2), np.int32)
        tf.random.experimental.index_shuffle(i, [1, 2], 1000); random.integers(0, 1000, size)
        """),
}
