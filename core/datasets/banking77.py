"""Banking77: 13,083 questions that customers put to a bank online, each with one of 77 intents."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="banking77",
    title="Questions to a bank (Banking77)",
    origin="13,083 questions that customers put to a bank online, each with what it asks for: one of 77 intents. "
    "Published by PolyAI (Casanueva and others, 2020), commit 57ec275, unchanged.",
    licence="CC BY 4.0.",
    synthetic=False,
    files=(
        DataFile(
            name="questions.parquet",
            sha256="3f7e18fdb5217a60c9da19aae8eb29ff50e3cc3d7466f95fd5dfc146eb253057",
            rows=13_083,
            columns=3,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/banking77.",
    caveats=(
        "One bank, one language, one sentence or two. A question that belongs to none of the 77 intents is not among "
        "them, and whoever asks about something else is misread.",
        "Some labels are wrong, and some intents are told apart by a word only: two people who label the same question "
        "do not always agree, so that no method reaches 100%.",
        "25 training questions are a test question word for word, but for capitals and signs: they are left out of "
        "training.",
    ),
)
