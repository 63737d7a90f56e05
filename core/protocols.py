"""What models, baselines, checkpoints and caches promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from core.contracts import Column, Examples, InputShapes, Layer, Task

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from core.contracts.workspace import Workspace
    from core.settings import Setting


class Model(Protocol):
    """An architecture whose K members are stacked. Parameters are a flat dictionary, name -> tensor (K, ...); `layers`
    has each of them in one layer. What is read is a mapping of tensors by name, see `InputShapes`."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def settings(self) -> tuple[Setting, ...]: ...

    def init(
        self, inputs: InputShapes, num_outputs: int, settings: Mapping[str, Any], generators: Sequence[Any]
    ) -> dict[str, Any]: ...

    def layers(self, params: Mapping[str, Any]) -> tuple[Layer, ...]: ...

    def forward(
        self,
        params: Mapping[str, Any],
        inputs: Mapping[str, Any],
        settings: Mapping[str, Any],
        dropout: Callable[[Any], Any] | None = None,
        workspace: Workspace | None = None,
    ) -> Any: ...


@runtime_checkable
class HasBackward(Protocol):
    """A model with a backward pass of its own: `forward` fills the workspace, `backward` reads it and writes every
    parameter's gradient. Others are differentiated by autograd, and their `forward` gets no workspace in training."""

    def backward(
        self,
        params: Mapping[str, Any],
        workspace: Workspace,
        raw_gradient_KBO: Any,
        settings: Mapping[str, Any],
        gradient: Mapping[str, Any],
    ) -> None: ...


@runtime_checkable
class HasEntrance(Protocol):
    """A model whose layers read rows of numbers (K, B, E) that come of one column each: `forward` is `from_entrance` of
    `entrance`. A column can then be exchanged there, without making the others anew."""

    def entrance(
        self, params: Mapping[str, Any], inputs: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> tuple[Any, ...]: ...

    def from_entrance(self, params: Mapping[str, Any], entered: Sequence[Any], settings: Mapping[str, Any]) -> Any: ...

    def entrance_of(self, params: Mapping[str, Any], num_numeric: int) -> tuple[Mapping[str, list[slice]], ...]: ...


@runtime_checkable
class WrittenPlainly(Protocol):
    """A model that can be taken home as plain PyTorch: lines of Python that make `raw` (K, B, ...), as `forward` does,
    of `numeric` (K, B, F), `category` (K, B, C) and each array by its name. A parameter 'a.b' is `self.a_b`; `members`
    is K, `functional` is torch's, `looked_up(table, codes)` gives each code's row. Scores that are only learned from,
    the first of all, may be left out. Others cannot be exported."""

    def written(self, params: Mapping[str, Any], inputs: InputShapes, settings: Mapping[str, Any]) -> list[str]: ...


@runtime_checkable
class BringsNumbers(Protocol):
    """A model whose written lines read numbers that no run has learned, `self.a_b` for 'a.b', without members."""

    def numbers(self, settings: Mapping[str, Any]) -> Mapping[str, Any]: ...


@runtime_checkable
class HasFrozenPart(Protocol):
    """A model a part of which never learns: what that makes of a row is the same in every epoch, and made once."""

    def frozen(self, inputs: Mapping[str, Any], settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the frozen part makes of rows (N, ...), by names that begin with `FROZEN`, which `forward` takes where
        they are given and makes itself where not; nothing where everything learns."""
        ...

    def frozen_key(self, settings: Mapping[str, Any]) -> str:
        """What that depends on beside the inputs; empty where everything learns."""
        ...


@runtime_checkable
class ShowsWhereItLooks(Protocol):
    """A model for pictures that can be asked half-way: `forward` is `answer` of `found`."""

    def forward(self, params: Mapping[str, Any], inputs: Mapping[str, Any], settings: Mapping[str, Any]) -> Any: ...

    def found(self, params: Mapping[str, Any], inputs: Mapping[str, Any], settings: Mapping[str, Any]) -> Any:
        """What its last block found and where, (K, B, height, width, patterns)."""
        ...

    def answer(
        self, params: Mapping[str, Any], found_KBHWC: Any, inputs: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> Any: ...


@runtime_checkable
class Redraws(Protocol):
    """A model that draws its picture again: as it comes back, on the scale of the inputs, and each place's error over
    the usual one, (K, B, H, W, C) both."""

    def redraw(
        self, params: Mapping[str, Any], inputs: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> tuple[Any, Any]: ...


class Baseline(Protocol):
    """A strong simple method. `candidates` are the settings tried on validation; the first is untuned.

    fit_predict learns from the rows `train` of the examples, and from nothing else that has a target, and predicts each
    of `rows`: (n, O) in the target's units.
    """

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def kinds(self) -> tuple[str, ...]: ...

    @property
    def candidates(self) -> tuple[Mapping[str, Any], ...]: ...

    def fit_predict(
        self,
        task: Task,
        columns: Sequence[Column],
        examples: Examples,
        train: np.ndarray,
        rows: Sequence[np.ndarray],
        candidate: Mapping[str, Any],
        seed: int,
    ) -> list[np.ndarray]: ...


class Checkpoints(Protocol):
    """Where the state of a training is kept while it runs. facts: plain JSON."""

    def read(self) -> tuple[Mapping[str, Tensor], Mapping[str, Any]] | None:
        """The newest usable state, on the CPU; None when there is none."""
        ...

    def due(self) -> bool:
        """Whether it is time for the next one; asked after every batch."""
        ...

    def write(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None: ...

    def pause_requested(self) -> bool:
        """Asked after every batch; the state is written, and training leaves with Paused."""
        ...


class BaselineCache(Protocol):
    """Where baseline predictions are kept between runs, keyed by data, plan and code."""

    def get(self, key: str) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None: ...

    def put(self, key: str, meta: dict[str, Any], arrays: dict[str, np.ndarray]) -> None: ...


class ShippedBaselines(Protocol):
    """Baseline predictions that came with the product, under keys that hold on every machine."""

    def get(self, key: str) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None: ...
