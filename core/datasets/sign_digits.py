"""Signed digits: 2,062 small colour photos of hands that show a digit of Turkish sign language."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="sign_digits",
    title="Sign language digits (Ankara Ayrancı Anadolu High School)",
    origin="2,062 colour photos of hands that sign a digit from zero to nine, made by pupils of a school in Ankara "
    "(Mavi and Dikle, 2017; commit 4b09433e). Changed: scaled from 100 to 64 pixels, saved as JPEG again.",
    licence="Apache-2.0, as the LICENSE file at that commit states it.",
    synthetic=False,
    files=(
        DataFile(
            name="photos.parquet",
            sha256="40faff972b7dba5e22326ecbe7a53604be6f51ea7a3cb6c18e951f55f5a6e40c",
            rows=2_062,
            columns=2,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/sign_digits.",
    caveats=(
        "Who signs is not recorded: some two hundred pupils, each of whom shows most digits. A photo that is tested "
        "has the same hand, light and wall in training, with another digit: everything measured here flatters, for all "
        "methods alike.",
        "One school, one way to hold the hand, bright walls behind it: a street, a sleeve or a moving hand are "
        "something else.",
        "Single digits that one hand shows. Sign language is movement, both hands and a face.",
        "No two photos are nearly the same (highest correlation of pixels .97).",
    ),
)
