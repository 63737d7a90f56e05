"""Two web servers behind one door, on one store: a run that is started at one is seen at the other, may be stopped from
there by whoever started it and by nobody else, and is carried out once."""

from __future__ import annotations
