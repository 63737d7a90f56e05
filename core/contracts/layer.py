"""A layer of a network, as its model declares it, and the words for those that most networks have."""

from __future__ import annotations

from dataclasses import dataclass

from core.formatting.text import _


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """Names of parameters that belong together. name: in a run's events; layers of one kind are numbered, 'hidden.0'.
    title: in words, where `usual_title` has none. weights: what weight decay and L1 pull at; spared: what they leave
    alone (biases, scales). has_units: whether it has units that can die, which the model's `slopes` may tell of.
    start: the parameter (K, 1, outputs) that training begins with the loss's best constant prediction in."""

    name: str
    title: str = ""
    weights: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()
    has_units: bool = False
    start: str = ""

    @property
    def parameters(self) -> tuple[str, ...]:
        return *self.weights, *self.spared

    @property
    def words(self) -> str:
        return self.title or usual_title(self.name)


def usual_title(name: str) -> str:
    """A layer's name in words: 'hidden.0' -> 'hidden layer 1'; the name itself where it is an unusual one."""
    kind, _dot, place = name.partition(".")
    if kind == "hidden" and place.isdecimal():
        return _("hidden layer {number}").format(number=int(place) + 1)
    if kind == "block" and place.isdecimal():
        return _("convolution block {number}").format(number=int(place) + 1)
    if kind == "tuned" and place.isdecimal():
        return _("pretrained block {number}").format(number=int(place) + 1)
    known = {
        "output": _("output layer"),
        "embedding": _("categories"),
        "skip": _("linear path"),
        "number": _("number embedding"),
    }
    return known.get(name, name)
