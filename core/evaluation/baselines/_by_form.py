"""What simple methods share that know what they can fit by what a prediction is."""

from __future__ import annotations

from typing import ClassVar

from core.kinds import with_form
from core.kinds.forms import Form


class FitsForms:
    """A simple method for every kind, also one from outside, whose predictions have one of its forms."""

    __slots__ = ()
    forms: ClassVar[tuple[type[Form], ...]]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of those kinds."""
        return with_form(*self.forms)
