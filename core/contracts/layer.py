"""A layer of a network, as its model declares it, and the words for those that most networks have."""

from __future__ import annotations

from dataclasses import dataclass

from core.formatting.messages import message


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
    """A layer's name in words: 'hidden.0' -> 'hidden layer 1'; the name itself where it is an unusual one. Messages:
    a training tells them in English, a page in its visitor's language."""
    kind, _dot, place = name.partition(".")
    if kind == "hidden" and place.isdecimal():
        return message("hidden layer {number}", number=int(place) + 1)
    if kind == "block" and place.isdecimal():
        return message("convolution block {number}", number=int(place) + 1)
    if kind == "tuned" and place.isdecimal():
        return message("pretrained block {number}", number=int(place) + 1)
    known = {
        "output": message("output layer"),
        "embedding": message("categories"),
        "skip": message("linear path"),
        "number": message("number embedding"),
    }
    return known.get(name, name)
