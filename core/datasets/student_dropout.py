"""Students of a Portuguese polytechnic: what they stated on entry, two semesters, and who left without a degree."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="student_dropout",
    title="Student dropout",
    origin="4,424 students of 17 degrees at the Polytechnic Institute of Portalegre, Portugal, who enrolled from "
    "2008/09 to "
    "2018/19; Realinho, Vieira Martins, Machado and Baptista (2021), UCI repository 697. From the GitHub repository "
    "attilammagyar/math-modeling-practice.",
    licence="CC BY 4.0.",
    synthetic=False,
    files=(
        DataFile(
            name="student_dropout.parquet",
            sha256="801376128873ee4a4a416f58a5ab6d095dfb0328debe2b1d944443062a593029",
            rows=4_424,
            columns=37,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/student_dropout.",
    caveats=(
        "The outcome is as it stood at the end of a degree's usual time: 1,421 had left, 2,209 had graduated, 794 were "
        "still "
        "enrolled.",
        "Whether fees are paid and money is owed has no day: of the 528 whose fees were not paid up, 87% left. "
        "Somebody who "
        "leaves stops paying, so these columns may tell of leaving and not foretell it.",
        "No column says in which year a student enrolled, so a random split is all there is.",
        "One school; the authors removed rows that they took for wrong.",
    ),
)
