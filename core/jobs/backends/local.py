"""This machine: a supervisor of the store, one training worker, one answer worker."""

from __future__ import annotations

from core.jobs.backends import Backend
from core.jobs.local import LocalJobs

BACKEND = Backend(name="local", open=LocalJobs)
