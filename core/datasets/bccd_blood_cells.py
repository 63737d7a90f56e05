"""Blood cells: 364 pictures of stained blood under a microscope, with a box around each cell that somebody marked."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="bccd_blood_cells",
    title="Blood cells (BCCD)",
    origin="364 pictures of stained blood smears under a microscope, with 4,886 boxes around red cells, white cells "
    "and platelets (BCCD_Dataset of Shenggan at d272fb1, from pictures of cosmicad and akshaylamba). Scaled here "
    "to 320 x 240 pixels, JPEG; boxes of less than 6 pixels are left out.",
    licence="MIT, copyright 2017 shenggan; the text comes with the data.",
    synthetic=False,
    files=(
        DataFile(
            name="pictures.parquet",
            sha256="9fdc67258b8d2de1b190afbb55c7a3b38463837d012c265dc5918ca60e2224d2",
            rows=364,
            columns=3,
        ),
        DataFile(
            name="boxes.parquet",
            sha256="ea9a94fdaf0c31aa91699f4deeebf2a2c98cf0e5ad181e251700b7bd3362c116",
            rows=4886,
            columns=6,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/bccd_blood_cells.",
    caveats=(
        "One microscope, one stain, nobody's diagnosis. Not for clinical use.",
        "Some cells have no box, at edges and in crowds above all: what finds such a cell is counted as wrong, so "
        "that every method is somewhat better than its score.",
        "40 pairs of pictures show the same part of a slide, moved a little: 326 parts in all. Pictures of one part "
        "stay together, in training or in test, and the bootstrap draws parts.",
        "Which pictures are of one person is not told: the same person may be in training and in test.",
    ),
)
