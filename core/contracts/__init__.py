"""What the steps hand to one another: frozen dataclasses by topic, all of them to be had from here. Light to import."""

from core.contracts.appearance import Colour, LooksAt
from core.contracts.care import AiAct, Care
from core.contracts.data import (
    FROZEN,
    ArrayInput,
    ArrayShape,
    Column,
    ColumnKind,
    DataFile,
    Dataset,
    Examples,
    Fold,
    Image,
    InputKind,
    InputShapes,
    Mel,
    Plan,
    Series,
)
from core.contracts.events import EpochEvent, Event, Progress
from core.contracts.layer import Layer
from core.contracts.pieces import Pieces
from core.contracts.report import Report, StoredReport
from core.contracts.rows import HeldOutRows
from core.contracts.run import State, StopRequested
from core.contracts.task import Allocation, Clusters, Detection, Fan, Kind, Metric, Section, Task, Trace
from core.contracts.use_case import ADDRESSES_TAKEN, Followed, Industry, Labels, Preset, Question, UseCase, Variant
from core.contracts.value import (
    Assumption,
    ChecksInfo,
    Decision,
    DrawsReferences,
    EarnsByRow,
    NamesToday,
    RetitlesReferences,
    ValueModel,
)

__all__ = [
    "ADDRESSES_TAKEN",
    "FROZEN",
    "AiAct",
    "Allocation",
    "ArrayInput",
    "ArrayShape",
    "Assumption",
    "Care",
    "ChecksInfo",
    "Clusters",
    "Colour",
    "Column",
    "ColumnKind",
    "DataFile",
    "Dataset",
    "Decision",
    "Detection",
    "DrawsReferences",
    "EarnsByRow",
    "EpochEvent",
    "Event",
    "Examples",
    "Fan",
    "Fold",
    "Followed",
    "HeldOutRows",
    "Image",
    "Industry",
    "InputKind",
    "InputShapes",
    "Kind",
    "Labels",
    "Layer",
    "LooksAt",
    "Mel",
    "Metric",
    "NamesToday",
    "Pieces",
    "Plan",
    "Preset",
    "Progress",
    "Question",
    "Report",
    "RetitlesReferences",
    "Section",
    "Series",
    "State",
    "StopRequested",
    "StoredReport",
    "Task",
    "Trace",
    "UseCase",
    "ValueModel",
    "Variant",
]
