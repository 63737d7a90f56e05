#!/usr/bin/env bash
# safetensors 0.8.0 with numpy 2.4.6: safetensors.numpy.save takes arrays that are not in C order without a word, and
# they read back with the right shape and the wrong numbers. The torch side refuses such tensors.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check safetensors==0.8.0 numpy==2.4.6 2>/dev/null
"$room/venv/bin/python" - <<'PYTHON'
import numpy as np
from safetensors.numpy import load, save

table = np.arange(6.0).reshape(2, 3)
for name, array in {"transposed": table.T, "two columns": table[:, :2], "Fortran order": np.asfortranarray(table)}.items():
    back = load(save({"x": array}))["x"]
    print(f"{name}: saved {array.tolist()}, read {back.tolist()}")
    assert back.shape == array.shape and not np.array_equal(back, array), f"{name} now reads back as it was saved"
    copied = load(save({"x": array.copy(order="C")}))["x"]
    assert np.array_equal(copied, array), "a copy in C order no longer helps"
print("Seen: no error, no warning, other numbers. A copy in C order reads back as it was.")
PYTHON
