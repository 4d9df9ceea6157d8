"""Records of what images need: files, resampling, boxes, parts at random."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

from eagre.core import dtypes
from eagre.primitives import boxes, image_files, random_boxes, resampling
from tests.primitives.record import (
    FLOATS,
    INTEGERS,
    REALS,
    STRING,
    Record,
    between,
    fixed,
    of,
    rough,
    sample,
)
from tests.primitives.table_random import as_integers, block, fraction

# Files ----------------------------------------------------------------------------------------

PIXELS = np.random.default_rng(3).integers(0, 256, (5, 4, 3), dtype=np.uint8)
SMOOTH = (np.add.outer(np.arange(9), np.arange(8)) * 12).astype(np.uint8)


def written(pixels, kind, **more):
    """The bytes of a file that Pillow writes."""
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, kind, **more)
    return target.getvalue()


PNG, GIF = written(PIXELS, "PNG"), written(SMOOTH, "GIF")
JPEG = written(SMOOTH, "JPEG", quality=90)
FILES = {"decode_png": PNG, "decode_bmp": written(PIXELS, "BMP")}
ANY = {
    "ratio": 1, "fancy_upscaling": True, "try_recover_truncated": False,
    "acceptable_fraction": 1.0, "dct_method": "",
}  # fmt: skip


def file(data):
    """The bytes of a file as one string."""

    def draw(_, dtype):
        if dtype not in STRING:
            return np.zeros((), dtype)
        result = np.empty((), object)
        result[()] = data
        return result

    return draw


def decode(data, function, channels=0, dtype="uint8", expands=True, **more):
    params = {"channels": channels, "expands": expands, **ANY, **more}
    params |= {"function": function, "dtype": dtypes.as_dtype(dtype)}
    return rough(file(data), **params).but(has_known_shape=False)


def pixels_of(x, window=None, *, function, channels, dtype, expands, ratio, **_):
    """What Pillow's own reader gives."""
    image = Image.open(io.BytesIO(x[()]))
    if image.format == "JPEG" and ratio > 1:
        image.draft("L", (image.width // ratio, image.height // ratio))
    own = "RGB" if image.format == "GIF" else image.mode
    found = np.asarray(image.convert({1: "L", 3: "RGB", 4: "RGBA"}.get(channels, own)))
    found = found[..., None] if found.ndim == 2 else found
    found = found[None] if image.format == "GIF" and expands else found
    if window is not None:
        row, column, height, width = window
        found = found[row : row + height, column : column + width]
    if dtype.name == "uint8":
        return found
    return found.astype(int) * 257 if dtype.name == "uint16" else found.astype(np.float64) / 255


def jpeg_of(x, quality, *, format, progressive, **settings):
    image = Image.fromarray(x[..., 0] if x.shape[-1] == 1 else x)
    target = io.BytesIO()
    image.save(target, "JPEG", quality=int(quality), progressive=progressive, dpi=(300, 300))
    return np.array(target.getvalue(), object)


def strings(values):
    result = np.empty(len(values), object)
    result[:] = values
    return result


def given(values, dtype):
    """Values of one dtype."""
    return lambda *_: np.array(values).astype(dtype)


def guess(filter_type, left, above, both):
    """What a filter expects of a byte, from its three neighbors."""
    estimate = left + above - both
    nearest = min((left, above, both), key=lambda n: abs(estimate - n))
    return (0, left, above, (left + above) // 2, nearest)[filter_type]


def png_of(x, *, compression):
    """A file with the filter in each row that leaves the smallest differences."""
    height, width, channels = x.shape[-3:]
    step = channels * x.dtype.itemsize
    found = []
    for image in x.reshape(-1, height, width * channels):
        rows = [list(line.astype(line.dtype.newbyteorder(">")).tobytes()) for line in image]
        above, body = [0] * (width * step), b""
        for row in rows:
            lines = []
            for number in range(5):
                line = [
                    (byte - guess(number, row[i - step] if i >= step else 0, above[i],
                                  above[i - step] if i >= step else 0)) % 256
                    for i, byte in enumerate(row)
                ]
                size = sum(min(byte, 256 - byte) for byte in line)
                lines.append((size, number, bytes([number, *line])))
            body, above = body + min(lines)[2], row
        kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
        header = struct.pack(">IIBBBBB", width, height, 8 * x.dtype.itemsize, kind, 0, 0, 0)
        data = b"\x89PNG\r\n\x1a\n"
        for name, chunk in ((b"IHDR", header), (b"IDAT", zlib.compress(body, compression)),
                            (b"IEND", b"")):  # fmt: skip
            data += struct.pack(">I", len(chunk)) + name + chunk
            data += struct.pack(">I", zlib.crc32(name + chunk))
        found.append(data)
    return strings(found).reshape(x.shape[:-3])


PLAIN = {
    "format": "", "progressive": False, "optimize_size": False, "chroma_downsampling": True,
    "density_unit": "in", "x_density": 300, "y_density": 300, "xmp_metadata": "",
}  # fmt: skip

FILE_RECORDS = [
    Record(
        image_files.decode_image,
        [
            *[decode(data, function) for function, data in FILES.items()],
            decode(written(SMOOTH, "PNG"), "decode_png", 1),
            decode(PNG, "decode_jpeg", 4),
            decode(PNG, "decode_png", 3, "uint16"),
            decode(PNG, "decode_image", 0, "float32", expands=False),
            decode(JPEG, "decode_jpeg", 1, dct_method="INTEGER_ACCURATE"),
            decode(JPEG, "decode_jpeg", 1, ratio=2, dct_method="INTEGER_ACCURATE"),
            decode(GIF, "decode_gif"),
            decode(GIF, "decode_image", 3),
            decode(GIF, "decode_image", 0, expands=False),
            rough(
                file(JPEG), fixed([1, 2, 3, 4]), function="decode_and_crop_jpeg", channels=0,
                dtype=dtypes.uint8, expands=True, **{**ANY, "dct_method": "INTEGER_ACCURATE"},
            ).but(has_known_shape=False),
        ],
        pixels_of,
        takes=STRING,
        gives="param",
        ulps=1,
        speaks_as="decode_",
    ),
    Record(
        image_files.encode_jpeg,
        [
            rough(fixed(PIXELS, None), fixed(95), **PLAIN),
            rough(fixed(PIXELS[..., :1], None), fixed(40), **PLAIN | {"progressive": True}),
        ],
        jpeg_of,
        takes=("uint8",),
        gives="string",
    ),
    Record(
        image_files.encode_png,
        [
            rough(of(4, 5, 1), compression=-1),
            rough(of(2, 3, 2, 3), compression=9),
            rough(of(0, 3, 2, 2), compression=0),
            rough(between(0, 255, 9, 8, 4), compression=1),
        ],
        png_of,
        takes=("uint8", "uint16"),
        gives="string",
    ),
    Record(
        image_files.jpeg_shape,
        [
            rough(file(JPEG), dtype=dtypes.int32),
            rough(file(JPEG), dtype=dtypes.int64),
        ],
        lambda x, *, dtype: np.array([9, 8, 1]),
        takes=STRING,
        gives="param",
    ),
    Record(
        image_files.is_jpeg,
        [
            rough(of(2, 3)),
            rough(of(0)),
        ],
        lambda x: np.array([s[:3] == b"\xff\xd8\xff" for s in x.ravel()], bool).reshape(x.shape),
        takes=STRING,
        gives="bool",
    ),
]


# Resampling -----------------------------------------------------------------------------------

TRIANGLE = (1, lambda x: max(0, 1 - x))
CUBES = {
    "bicubic": lambda x: 1.5 * x**3 - 2.5 * x**2 + 1 if x < 1
    else -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2,
    "mitchellcubic": lambda x: (7 * x**3 - 12 * x**2 + 16 / 3) / 6 if x < 1
    else (-7 / 3 * x**3 + 12 * x**2 - 20 * x + 32 / 3) / 6,
}  # fmt: skip


def kernel_of(method):
    """The radius of a method, and its weight at a distance below that."""
    if method.startswith("lanczos"):
        radius = int(method[-1])
        return radius, lambda x: np.sinc(x) * np.sinc(x / radius)
    if method == "gaussian":
        return 1.5, lambda x: np.exp(-2 * x * x)
    cube = CUBES.get("bicubic" if method == "keyscubic" else method)
    return TRIANGLE if cube is None else (2, cube)


def weights(before, after, method, antialias, align_corners, half_pixel_centers):
    """The matrix [after, before] of an axis, by the definition of each method."""
    table = np.zeros((after, before))
    is_aligned = align_corners and after > 1
    scale = (before - 1) / (after - 1) if is_aligned else before / after
    for i in range(after):
        place = (i + 0.5) * scale - 0.5 if half_pixel_centers else i * scale
        if method == "nearest":
            near = np.floor((i + 0.5) * scale if half_pixel_centers else
                            i * scale + 0.5 * is_aligned)  # fmt: skip
            table[i, int(min(max(near, 0), before - 1))] = 1
        elif method == "area":
            for j in range(before):
                table[i, j] = max(0, min((i + 1) * scale, j + 1) - max(i * scale, j)) / scale
        elif method == "bilinear":
            low = int(np.floor(place))
            for j, weight in ((low, 1 - (place - low)), (low + 1, place - low)):
                table[i, min(max(j, 0), before - 1)] += weight
        else:
            radius, kernel = kernel_of(method)
            stretch = max(scale, 1) if antialias else 1
            for j in range(before):
                distance = abs(j - place) / stretch
                table[i, j] = kernel(distance) if distance < radius else 0
            table[i] /= table[i].sum()
    return table


def resampled(x, sizes=None, *, shape, **sampling):
    height, width = shape if sizes is None else sizes
    rows, columns = (
        weights(*pair, **sampling) for pair in ((x.shape[1], height), (x.shape[2], width))
    )
    values = x.astype(np.float64)
    found = np.einsum("ih,bhwc,jw->bijc", rows, values, columns)
    return found.astype(x.dtype) if sampling["method"] == "nearest" else found


def resampled_back(x, sizes=None, *, shape, **sampling):
    height, width = shape if sizes is None else sizes
    rows, columns = (
        weights(*pair, **sampling) for pair in ((height, x.shape[1]), (width, x.shape[2]))
    )
    return np.einsum("hi,bhwc,wj->bijc", rows, x.astype(np.float64), columns)


def by(method, antialias=False, align_corners=False, half_pixel_centers=True):
    return {
        "method": method, "antialias": antialias, "align_corners": align_corners,
        "half_pixel_centers": half_pixel_centers,
    }  # fmt: skip


SMOOTHING = ("triangle", "keyscubic", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")
WAYS = [
    by("bilinear"),
    by("bilinear", align_corners=True, half_pixel_centers=False),
    by("bilinear", half_pixel_centers=False),
    by("bicubic"),
    by("area", half_pixel_centers=False),
    *[by(method, antialias) for method in SMOOTHING for antialias in (False, True)],
]
UNKNOWN = {"shape": (None, None), **by("bilinear")}
# Positions have no rounding where a size is doubled or halved, so that one reference serves all.
RESAMPLE_SAMPLES = [
    *[sample(of(1, 2, 4, 2), shape=(4, 2), **way).but(dtypes=("float32", "float64"))
      for way in WAYS],
    sample(of(1, 2, 2, 1), fixed([4, 4]), **UNKNOWN).but(has_known_shape=False),
    sample(of(2, 1, 3, 1), shape=(1, 3), **by("bilinear")),
    sample(of(0, 2, 2, 1), shape=(4, 1), **by("bilinear")),
]  # fmt: skip
NEAREST = [
    sample(of(1, 3, 2, 2), shape=(6, 1), **by("nearest")),
    sample(of(1, 3, 2, 2), shape=(2, 4), **by("nearest", half_pixel_centers=False)),
    sample(of(1, 3, 2, 1), shape=(5, 3), **by("nearest", False, True, False)),
]

RESAMPLING_RECORDS = [
    Record(
        resampling.resample,
        [*RESAMPLE_SAMPLES, *NEAREST, rough(of(1, 70, 64, 3), shape=(35, 32), **by("bilinear"))],
        resampled,
        takes=REALS,
        gives="resampled",
        ulps=8,
        floor=2.0,
        needs_rank=False,
        speaks_as="resize",
    ),
    Record(
        resampling.resample_back,
        [
            *[sample(of(1, 4, 2, 2), shape=(2, 4), **way).but(dtypes=("float32", "float64"))
              for way in WAYS],
            sample(of(1, 4, 4, 1), fixed([2, 2]), **UNKNOWN).but(has_known_shape=False),
            *[sample(of(1, 6, 1, 2), shape=(3, 2), **by("nearest"))],
            sample(of(0, 4, 1, 1), shape=(2, 2), **by("bilinear")),
        ],
        resampled_back,
        takes=FLOATS,
        ulps=8,
        floor=4.0,
        speaks_as="resize",
    ),
]  # fmt: skip


# Boxes ----------------------------------------------------------------------------------------


def overlap(a, b):
    """Intersection over union of two boxes with any corners."""
    (ay, ax), (by_, bx) = np.minimum(a[:2], a[2:]), np.minimum(b[:2], b[2:])
    (ay2, ax2), (by2, bx2) = np.maximum(a[:2], a[2:]), np.maximum(b[:2], b[2:])
    shared = max(0, min(ay2, by2) - max(ay, by_)) * max(0, min(ax2, bx2) - max(ax, bx))
    union = (ay2 - ay) * (ax2 - ax) + (by2 - by_) * (bx2 - bx) - shared
    return shared / union if union > 0 else 0


def suppressed(boxes_, scores, number, most, least, spread, *, is_pairwise):
    """Again and again the best of what is left, of which the others lose."""
    indices = np.zeros((len(scores), int(number)), np.int32)
    kept, counts = np.zeros(indices.shape), np.zeros(len(scores), np.int32)
    for row in range(len(scores)):
        left = {i: float(s) for i, s in enumerate(scores[row]) if s > least}
        table = boxes_[row].astype(np.float64)
        while left and counts[row] < number:
            best = max(left, key=lambda i: (left[i], -i))
            indices[row, counts[row]], kept[row, counts[row]] = best, left.pop(best)
            counts[row] += 1
            for other in list(left):
                pair = (table[best], table[other])
                shared = table[other, best] if is_pairwise else overlap(*pair)
                if spread > 0:
                    left[other] *= np.exp(-shared * shared / 2 / float(spread))
                if left[other] <= least or (spread <= 0 and shared > most):
                    del left[other]
    return indices, kept, counts


CORNERS = [[0, 0, 1, 1], [0, 0.1, 1, 1], [1, 3, 0, 2], [0, 2, 1, 2.8], [5, 5, 5, 5]]
SCORES = [0.5, 0.9, 0.75, 0.25, 0.375]
PAIRS = [[1, 0.75, 0], [0.75, 1, 0.5], [0, 0.5, 1]]


def boxed(number, most, least, spread, corners=(CORNERS,), scores=(SCORES,), is_pairwise=False):
    limits = [fixed(value, None) for value in (most, least, spread)]
    return rough(fixed(corners, None), fixed(scores, None), fixed(number), *limits,
                 is_pairwise=is_pairwise).but(has_known_shape=False)  # fmt: skip


def framed(images, boxes_, colors=None):
    """The images with each pixel set that lies on a frame."""
    result = images.copy()
    _, height, width, channels = images.shape
    colors = colors if colors is not None else boxes._PALETTE if channels > 1 else [[1.0]]
    for image, several in zip(result, boxes_, strict=True):
        for number, box in enumerate(several):
            ends = (box * np.float32([height - 1, width - 1] * 2)).astype(int)
            for row in range(height):
                for column in range(width):
                    inside = ends[0] <= row <= ends[2] and ends[1] <= column <= ends[3]
                    if inside and (row in ends[[0, 2]] or column in ends[[1, 3]]):
                        image[row, column] = np.asarray(colors[number % len(colors)])[:channels]
    return result


FRAMES = [[[0.1, 0.2, 0.9, 0.7], [-0.5, 0.3, 0.5, 1.5], [0.6, 0.5, 0.2, 0.1], [2, 2, 3, 3]]]


class Words:
    """Words of consecutive blocks, one after the other."""

    def __init__(self, key, counter):
        key, counter = as_integers(key, counter)
        self.words = (word for place in range(999) for word in block(key, counter + place))

    def number(self, limit):
        word = next(self.words)
        while word < 2**32 % limit:
            word = next(self.words)
        return word % limit


def sampled(key, counter, size, boxes_, covered, *, aspects, areas, attempts, uses_image):
    """A part whose area and form are within bounds, at a place that covers a box."""
    words, (height, width) = Words(key, counter), size.tolist()[:2]
    objects = [[int(n) for n in np.float32(b) * np.float32([height, width] * 2)]
               for b in boxes_.reshape(-1, 4)] or [[0, 0, height, width]]  # fmt: skip
    part = [0, 0, height, width]
    for _ in range(attempts):
        share = fraction([next(words.words)], dtypes.float32)
        aspect = share * (aspects[1] - aspects[0]) + aspects[0]
        least, most = (area * height * width for area in areas)
        rows, limit = (round((area / aspect) ** 0.5) for area in (least, most))
        while round(limit * aspect) > width:
            limit -= 1
        limit = min(limit, height)
        rows = min(rows, limit)
        rows += words.number(limit - rows + 1) if rows < limit else 0
        rows += rows * round(rows * aspect) < least
        rows -= rows * round(rows * aspect) > most
        columns = round(rows * aspect)
        if not least <= rows * columns <= most or rows > height or columns > width:
            continue
        top = words.number(height - rows) if rows < height else 0
        left = words.number(width - columns) if columns < width else 0
        found = [top, left, top + rows, left + columns]
        if any(inner(found, each) >= covered * inner(each, each) > 0 for each in objects):
            part = found
            break
    top, left, bottom, right = part
    box = np.array([[part]]) / np.array([height, width] * 2)
    return np.array([top, left, 0]), np.array([bottom - top, right - left, -1]), box


def inner(a, b):
    """The area that two boxes share."""
    return max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))


KEY, COUNTER = given([12345], np.uint64), given([7, 11], np.uint64)


def part(size, corners, covered, aspects=(0.75, 1.33), areas=(0.05, 1.0), attempts=100):
    return rough(
        KEY, COUNTER, fixed(size, None), given(corners, np.float32), given(covered, np.float32),
        aspects=aspects, areas=areas, attempts=attempts, uses_image=True,
    )  # fmt: skip


BOX_RECORDS = [
    Record(
        boxes.select_boxes,
        [
            boxed(3, 0.5, -1, 0),
            boxed(9, 0.0, 0.3, 0),
            boxed(9, 0.5, 0.1, 0.5),
            boxed(0, 0.5, 0, 0),
            boxed(3, 0.5, 0, 0, [PAIRS] * 2, [[0.5, 0.25, 0.5], [0.1, 0.2, 0.3]], True),
        ],
        suppressed,
        takes=("float16", "float32"),
        gives="selected",
        ulps=4,
    ),
    Record(
        boxes.draw_bounding_boxes,
        [
            rough(of(1, 7, 9, 3), given(FRAMES, np.float32), given([[0.5] * 4], np.float32)),
            rough(of(1, 7, 9, 4), given(FRAMES, np.float32)),
            rough(of(1, 5, 5, 1), given(FRAMES, np.float32)),
        ],
        framed,
        takes=("float16", "float32"),
        constants=frozenset({1, 2}),
    ),
    Record(
        random_boxes.sample_box,
        [
            part([40, 50, 3], [[[0.1, 0.2, 0.6, 0.7]]], 0.1),
            part([90, 30, 3], [[[0.1, 0.2, 0.6, 0.7], [0, 0, 1, 1]]], 0.9, (0.5, 2.0), (0.3, 0.9)),
            part([40, 50, 3], np.zeros((1, 0, 4)), 0.5),
            part([40, 50, 3], [[[0.1, 0.2, 0.6, 0.7]]], 1.5, attempts=3),
        ],
        sampled,
        takes=INTEGERS,
        gives="sampled",
        ulps=1,
        speaks_as="sample_distorted_bounding_box",
    ),
]
RECORDS = [*FILE_RECORDS, *RESAMPLING_RECORDS, *BOX_RECORDS]
