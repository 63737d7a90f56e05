"""The text of the file that a network is taken home in, with places for what is a run's own."""

from __future__ import annotations

FILE = '''"""{title}

The network of run {run}, in plain PyTorch: needs torch alone, and reads {weights} beside this file.
{networks}. What it reads and says: `Network().about`.

    python {file} {usage}
"""

import csv
import json
import math  # noqa: F401
import struct
import sys
from pathlib import Path

import torch
from torch.nn import functional
from torch.special import ndtri  # noqa: F401

WEIGHTS = Path(__file__).with_name({weights!r})


def read_safetensors(path):
    """Tensors by name, and what is written about them: the header's length, a header in JSON, the numbers."""
    content = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header, numbers = json.loads(content[8 : 8 + length]), content[8 + length :]
    about = {{name: json.loads(told) for name, told in header.pop("__metadata__", {{}}).items()}}
    kinds = {{"F32": torch.float32, "F64": torch.float64, "I64": torch.int64}}
    tensors = {{}}
    for name, of in header.items():
        first, end = of["data_offsets"]
        tensor = torch.frombuffer(bytearray(numbers[first:end]), dtype=kinds[of["dtype"]])
        tensors[name] = tensor.reshape(of["shape"])
    return tensors, about


def looked_up(table, codes):
    """Each code's row of a table: (K, codes, width) and (K, N) -> (K, N, width)."""
    return table.gather(1, codes[..., None].expand(-1, -1, table.shape[2]))


class Network(torch.nn.Module):
    """{members} networks that were trained together, K of them, in {folds} fold(s); their mean is the prediction."""

    def __init__(self, path=WEIGHTS):
        super().__init__()
        tensors, self.about = read_safetensors(path)
        for name, tensor in tensors.items():
            self.register_buffer(name.replace(".", "_"), tensor)

    def forward(self, {arguments}):
        """What is given of N rows -> the prediction (N, {said}, and that of each network (K, N, ...).

{given}
        """
        members = {members}
        # As each fold's preprocessing was fitted on its training rows.
{prepare}
        # The network.
{network}
        # From raw scores to predictions in the target's units.
{predict}
        return each.mean(0), each

    def rows(self, rows):
        """Of rows as dictionaries, column -> text or number: what `forward` reads of the table."""
        numbers, names, found = self.about["columns"], self.about["categories"], {{}}
        if numbers:
            told = [[float(row[n]) if row.get(n) not in (None, "") else math.nan for n in numbers] for row in rows]
            found["numeric"] = torch.tensor(told, dtype=torch.float64)
        if names:
            codes = {{n: {{name: code for code, name in enumerate(known, start=1)}} for n, known in names.items()}}
            found["category"] = torch.tensor([[codes[n].get(str(row.get(n)), 0) for n in names] for row in rows])
        return found


if __name__ == "__main__":
    network = Network()
{read}
    with torch.inference_mode():
        table = network(**given)[0].flatten(1).tolist()
    csv.writer(sys.stdout).writerows([network.about["outputs"], *table])
'''

PICTURE = "height, width), a picture of pixels from 0 to 1"
GIVEN = {
    "numeric": "numeric (N, {numbers}) float64: the columns of about['columns'] in their units; NaN where missing",
    "category": "category (N, {names}) int64: of each of about['categories'] the place of its name, from 1; 0: another",
}
FROM_TABLE = {
    "usage": "rows.csv      writes a prediction for each row of a table",
    "read": """    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        given = network.rows(list(csv.DictReader(file)))""",
}
FROM_FILE = {
    "usage": "rows.safetensors      writes a prediction for each row of the tensors that `forward` takes, by name",
    "read": "    given, _ = read_safetensors(sys.argv[1])",
}
