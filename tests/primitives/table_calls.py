"""Records of primitives that run functions: graphs, Python code, gradients of one's own."""

from eagre.control.calling import call
from eagre.control.host_calls import host_call, taped_call
from eagre.core.specs import TensorSpec
from eagre.gradients.custom import with_gradient
from tests.primitives.record import INEXACT, NUMBERS, Made, Record, of, sample
from tests.primitives.table_control import VECTOR, graph


def product_and_sum(x, y):
    return x * y, x + y


def specs(*shapes):
    """A parameter: specs of the sampled dtype."""
    return Made(lambda dtype: tuple(TensorSpec(shape, dtype) for shape in shapes))


RECORDS = [
    Record(
        call,
        [
            sample(of(3), of(3), graph=graph(product_and_sum, [3], [3])),
            sample(of(0), of(0), graph=graph(product_and_sum, [0], [0])),
            sample(of(2), of(), graph=graph(lambda x, y: (x * y * x,), VECTOR, [])).but(
                has_known_shape=False
            ),
        ],
        lambda x, y, graph: (x * y, x + y) if len(graph.outputs) == 2 else (x * y * x,),
        takes=NUMBERS,
        complex_ulps=8,
        floor=1,
        fits_by_construction=True,
    ),
    Record(
        host_call,
        [sample(of(3), of(3), function=product_and_sum, specs=specs([3], [3]))],
        lambda x, y, function, specs: (x * y, x + y),
        takes=INEXACT,
        complex_ulps=8,
        floor=1,
        fits_by_construction=True,
    ),
    Record(
        taped_call,
        [
            sample(of(3), of(3), function=product_and_sum, specs=specs([3], [3])),
            sample(of(), of(), function=product_and_sum, specs=specs([], [])),
            sample(of(2, 0), of(2, 0), function=product_and_sum, specs=specs([2, 0], [2, 0])),
        ],
        lambda x, y, function, specs: (x * y, x + y),
        takes=INEXACT,
        complex_ulps=8,
        floor=1,
        fits_by_construction=True,
    ),
    Record(
        with_gradient,
        [
            sample(of(3), of(3), count=1, sources=1, rule=lambda grads, rest: [grads[0]]),
            sample(of(), of(2), count=2, sources=0, rule=lambda grads, rest: []),
        ],
        lambda x, y, count, **_: (x, y)[:count],
        takes=INEXACT,
        constants=frozenset({0, 1}),
        fits_by_construction=True,
    ),
]
