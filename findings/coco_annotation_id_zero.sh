#!/usr/bin/env bash
# pycocotools 2.0.11: annotation ids that begin with 0 spoil the score of perfect boxes. One box gives AP 0, four give .56;
# with ids from 1 both are 1. An id of 0 reads as 'not matched'.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check pycocotools==2.0.11 numpy==2.4.6 2>/dev/null
"$room/venv/bin/python" - <<'PYTHON'
import contextlib
import io

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def average_precision(first_id: int, count: int) -> float:
    """Of `count` boxes that are found exactly, with annotation ids from `first_id`."""
    boxes = [[10 * i, 10, 8, 8] for i in range(count)]
    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": [{"id": 1, "width": 100, "height": 100}],
        "categories": [{"id": 1, "name": "cell"}],
        "annotations": [
            {"id": first_id + i, "image_id": 1, "category_id": 1, "bbox": box, "area": 64, "iscrowd": 0}
            for i, box in enumerate(boxes)
        ],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        found = truth.loadRes([{"image_id": 1, "category_id": 1, "bbox": box, "score": 0.9} for box in boxes])
        judged = COCOeval(truth, found, "bbox")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    return round(float(judged.stats[0]), 3)


scores = {(first, count): average_precision(first, count) for first in (0, 1) for count in (1, 4)}
for (first, count), score in scores.items():
    print(f"ids from {first}, {count} perfect boxes: AP {score}")
assert scores[1, 1] == scores[1, 4] == 1.0
assert scores[0, 1] == 0.0 and scores[0, 4] < 0.6, "ids from 0 are scored rightly now"
print("Seen: the box with id 0 counts as missed.")
PYTHON
