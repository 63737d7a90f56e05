"""Fashion photos: 14,000 small grey catalogue pictures of ten kinds of clothes, shoes and bags."""

from __future__ import annotations

from core.contracts import DataFile, Dataset

DATASET = Dataset(
    name="fashion_mnist",
    title="Fashion photos (Fashion-MNIST, 14,000 of 70,000)",
    origin="Catalogue photos of Zalando, a fashion shop, scaled to 28 x 28 grey pixels, bright on black (Xiao, Rasul "
    "and Vollgraf, 2017). As many of each of the ten kinds: 12,000 of the 60,000 training photos and 2,000 of the "
    "10,000 test photos, drawn at random.",
    licence="MIT, as its authors state it (copyright 2017 Zalando SE).",
    synthetic=False,
    files=(
        DataFile(
            name="photos.parquet",
            sha256="5774241e2cff9ee3465c24012c0e524f9906f2069fa877f331d3e3f0fc4bfab5",
            rows=14_000,
            columns=4,
        ),
    ),
    rebuild="Restore it with: git checkout -- data/fashion_mnist.",
    caveats=(
        "Each photo was centred, cut out and made grey by one shop in one way: photos of another shop look different.",
        "A shirt, a T-shirt, a pullover and a coat differ by buttons and sleeves that are two pixels wide here; who "
        "named them had the large photo in colour, and some names are wrong.",
        "No two photos are the same byte for byte. 38 are nearly the same as another (correlation of pixels above "
        ".99): such photos count as one article, and twelve like a held-out one are left out. Whether other photos "
        "show the same article from elsewhere is not known.",
    ),
)
