#!/usr/bin/env bash
# tokenizers 0.23.1: a Tokenizer that has encoded a word and is then trained again keeps the word's old ids. Under the new
# vocabulary they mean other tokens: 'low' decodes as 't'. A new object with the same training encodes it rightly.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check tokenizers==0.23.1 2>/dev/null
"$room/venv/bin/python" - <<'PYTHON'
from tokenizers import Tokenizer, models, pre_tokenizers, trainers


def made() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def train(tokenizer: Tokenizer, text: str) -> None:
    trainer = trainers.BpeTrainer(special_tokens=["[UNK]"], vocab_size=60, show_progress=False)
    tokenizer.train_from_iterator([text] * 5, trainer)


used = made()
train(used, "low lower lowest")
before = used.encode("low")
train(used, "new newer newest low wide")
after = used.encode("low")
fresh = made()
train(fresh, "new newer newest low wide")
right = fresh.encode("low")
print(f"first vocabulary: {before.tokens} {before.ids}")
print(f"trained again:    {after.tokens} {after.ids}")
print(f"a new object:     {right.tokens} {right.ids}")
assert right.tokens == ["low"]
assert after.ids == before.ids != right.ids, "training again now forgets what was encoded before"
assert after.tokens != ["low"]
print("Seen: the ids of the vocabulary that is gone.")
PYTHON
