"""Spoken digits: 1,500 recordings of six people who say the digits from zero to nine."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="spoken_digits",
    title="Spoken digits (Free Spoken Digit Dataset)",
    origin="1,500 recordings of the English digits zero to nine by six people, 25 of each digit by each, at 8 kHz as "
    "on a telephone line. The first half of the Free Spoken Digit Dataset (Jackson et al., commit 26eb9aa of "
    "2024-05-02), changed: stored in eight bits by the mu-law, cut at two seconds.",
    licence="CC BY-SA 4.0; what is made of it is under the same licence.",
    synthetic=False,
    files=(
        DataFile(
            name="recordings.parquet",
            sha256="94f2b58f672d946ed7b55f3bc6942e551292f4b22d42f18944b25dd543cab3bb",
            rows=1500,
            columns=4,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/spoken_digits.",
    caveats=(
        "Six people, most of them men, several with an accent: what is said of a person whom the network never heard "
        "rests on six such persons, and no more.",
        "Each recorded with another microphone, some eight times as loud as others: voice and microphone cannot be "
        "told apart.",
        "Single digits with silence cut away. On a real line people say numbers in one breath, hesitate and repeat.",
        "The source's own test part holds other recordings of the same six people; it flatters whatever is measured "
        "on it.",
    ),
)
