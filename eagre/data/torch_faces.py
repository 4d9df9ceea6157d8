"""PyTorch's datasets and loaders as sources, and pipelines as datasets for its loaders.

PyTorch is not imported: its objects are known by their methods.
"""

from __future__ import annotations

import sys
from typing import Any

from eagre.core import structure
from eagre.core.errors import InvalidArgumentError
from eagre.core.python_numbers import described
from eagre.core.specs import TensorSpec
from eagre.data.cursors import Element, stacked
from eagre.data.dataset import Dataset
from eagre.data.generators import FromGenerator
from eagre.data.sources import arrays_of
from eagre.data.specs import are_compatible, as_value, normalized, spec_of

_NAME = "Dataset.from_torch"


def from_torch(source: Any, signature: Any) -> Dataset:
    """The elements of a dataset or loader: by their numbers where it gives them so."""
    is_loader = hasattr(source, "batch_sampler")
    if hasattr(source, "__getitem__") and hasattr(source, "__len__") and not is_loader:
        return _Items(source, signature)
    if not hasattr(source, "__iter__"):
        raise TypeError(
            f"{_NAME} expected a dataset or a DataLoader of PyTorch: something with __iter__, or "
            f"with __getitem__ and __len__. Received: {described(source)}"
        )
    if signature is None:
        first = next(iter(source), None)
        if first is None:
            raise InvalidArgumentError(
                f"{_NAME} expected output_signature, or at least one element to tell it. "
                "Received: a source without elements"
            )
        signature = structure.map_structure(_of_any_size, _element(first))
    return FromGenerator(lambda: map(_plain, source), signature, None)


def _of_any_size(value: Any) -> TensorSpec:
    return TensorSpec.of((None,) * len(value.sizes), value.dtype)


def _plain(value: Any) -> Any:
    """A structure of arrays for one of PyTorch's tensors; lists there are tuples here."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        parts = [_plain(part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def _element(value: Any) -> Any:
    return normalized(_plain(value), _NAME, as_value)


class _Items(Dataset):
    """The items of a dataset that gives them by their numbers."""

    is_indexed = True

    def __init__(self, source: Any, signature: Any) -> None:
        self.source = source
        if signature is None:
            if not len(source):
                raise InvalidArgumentError(
                    f"{_NAME} expected output_signature, or at least one element to tell it. "
                    "Received: a source without elements"
                )
            signature = structure.map_structure(_of_any_size, _element(source[0]))
        super().__init__(signature, stage="from_torch")

    def size(self) -> int:
        return len(self.source)

    def _components(self, value: Any, index: int) -> Element:
        element = _element(value)
        spec = structure.map_structure(spec_of, element)
        if not are_compatible(self.element_spec, spec):
            raise InvalidArgumentError(
                f"{self.stage} at {self.line} expected items that fit {self.element_spec!r}. "
                f"Received: {spec!r} for item {index}"
            )
        return tuple([arrays_of(leaf) for leaf in structure.flatten(element)])

    def element(self, index: int) -> Element:
        return self._components(self.source[index], index)

    def span(self, start: int, stop: int) -> Element:
        return self.gather(range(start, stop))

    def gather(self, indices: Any) -> Element:
        numbers = [int(index) for index in indices]
        together = getattr(self.source, "__getitems__", None)
        items = [self.source[each] for each in numbers] if together is None else together(numbers)
        pairs = zip(items, numbers, strict=True)
        return stacked([self._components(item, number) for item, number in pairs])


def as_torch(dataset: Dataset) -> Any:
    """An iterable dataset of PyTorch with the elements of a pipeline."""
    torch_data = sys.modules.get("torch.utils.data")
    if torch_data is None:
        raise ImportError(
            "Dataset.as_torch expected torch.utils.data to be imported, whose IterableDataset it "
            "returns. Received: a program without it. Import it first."
        )

    class Elements(torch_data.IterableDataset):
        """The elements, as NumPy arrays; each worker of a loader has its share of them."""

        def __iter__(self) -> Any:
            worker = torch_data.get_worker_info()
            part = dataset if worker is None else dataset.shard(worker.num_workers, worker.id)
            return part.as_numpy_iterator()

    if dataset.size() >= 0:
        Elements.__len__ = lambda self: dataset.size()
    return Elements()
