"""Spoken digits: which digit did the caller say? One row per recording; the network hears the recording alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.contracts import ArrayInput, Examples, Fold, InputKind, Mel, Plan, Preset, Question, UseCase, Variant
from core.contracts.care import Care
from core.contracts.picture import Kinds
from core.use_cases.helpers import crawl, multiclass_task, overshoot, quick, recommended, with_defaults
from core.use_cases.services._call_value import VALUE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

RATE = 8_000
SAMPLES = RATE  # a second: two recordings in a hundred are longer
_MEL = Mel(rate=RATE, bands=24, moments=24)  # coarser than the default: half the time
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_AS_SPOKEN = {"tone": 0.0, "hiss": 0.0, "masked": 0.0}


def examples(tables: Mapping[str, Mapping[str, pd.DataFrame]]) -> Examples:
    """Every recording, a second of 16-bit samples: the loudest one of a longer recording, silence after a shorter."""
    import numpy as np
    import pandas as pd

    from core.sound.cutting import fitted

    table = tables["spoken_digits"]["recordings"]
    return Examples(
        features=pd.DataFrame(index=table.index),
        target=table[["digit"]].astype(float),
        unit=np.arange(len(table)),
        info=pd.DataFrame(
            {
                "recording": np.arange(len(table)),
                "speaker": table["speaker"].astype("str"),
                "take": table["index"].astype(int),
            }
        ),
        arrays={"sound": np.stack([fitted(decoded(content), SAMPLES) for content in table["mulaw8k"]])},
    )


def decoded(content: bytes) -> np.ndarray:
    """Samples of 16 bits (n,) of bytes by the mu-law, as the data's card has it."""
    import numpy as np

    level = np.frombuffer(content, np.uint8) / 127.5 - 1
    return np.round(np.sign(level) * (256 ** np.abs(level) - 1) / 255 * 32_767).astype(np.int16)


def never_heard(examples: Examples) -> Plan:
    """Each speaker is tested by networks that heard nothing of them; two of the others take turns as validation."""
    import numpy as np

    of_row = examples.info["speaker"].to_numpy()
    speakers = sorted(set(of_row))
    folds = []
    for place, tested in enumerate(speakers):
        for step in (1, 3):
            validates = speakers[(place + step) % len(speakers)]
            folds.append(
                Fold(
                    name=f"{tested}, validated on {validates}",
                    train=np.flatnonzero((of_row != tested) & (of_row != validates)),
                    validation=np.flatnonzero(of_row == validates),
                    test=np.flatnonzero(of_row == tested),
                    test_name=tested,
                )
            )
    return Plan(
        folds=tuple(folds),
        unit="recording",
        separation="unit",
        aggregation="mean_of_tests",
        sentence="A voice never heard: each of the six speakers is tested by networks that heard four of the others, "
        "and were validated on the fifth. Settings were chosen on validation, where every speaker has a turn. "
        "Intervals are over recordings: six speakers are too few to say how much the next voice may differ.",
    )


def known_voices(examples: Examples) -> Plan:
    """The source's own test part: other recordings of the same six speakers."""
    import numpy as np

    take = examples.info["take"].to_numpy()
    parts = [(take >= first) & (take < first + 5) for first in (5, 10)]
    return Plan(
        folds=tuple(
            Fold(
                name=f"part {place + 1}",
                train=np.flatnonzero((take >= 5) & ~part),
                validation=np.flatnonzero(part),
                test=np.flatnonzero(take < 5),
            )
            for place, part in enumerate(parts)
        ),
        unit="recording",
        separation="unit",
        sentence="Known voices: of each speaker and digit the source's own five recordings test, five validate and "
        "fifteen train. Every voice and every microphone is known from training, which flatters.",
    )


USE_CASE = UseCase(
    name="services/spoken_digits",
    title="Spoken digits",
    summary="Which digit did the caller say? A network hears the voice, and shows what it listened to.",
    question=Question(
        who="A telephone line with ten desks behind it.",
        problem="Callers say a digit, and somebody has to understand it, whoever they are and whatever they call with.",
        cost_today="An agent listens and puts each call through: twenty seconds before anything is solved, "
        "and a queue at noon.",
        what_ai_does="It hears the digit and says how sure it is. Calls that it is sure of go on by themselves; the "
        "rest goes to an agent.",
        picture=Kinds(names=DIGITS, tells="Ten callers, and each says another digit. Play them: which is which?"),
        detail="Six speakers and single digits: a demonstration, not a telephone system. A real line needs hundreds of "
        "voices, and numbers said in one breath.",
    ),
    datasets=("spoken_digits",),
    columns=(),
    arrays=(
        ArrayInput(name="sound", kind=InputKind.WAVEFORM, shape=(SAMPLES,), mel=Mel(rate=RATE, bands=24, moments=24)),
    ),
    task=multiclass_task("digit said", column="digit", classes=DIGITS),
    model="sound_network",
    baselines=("mfcc_logistic", "mel_boosting"),
    examples=examples,
    plan=never_heard,
    value=VALUE,
    care=Care(
        privacy="Voices of six volunteers; a caller's voice is personal data, and if it is kept to know him "
        "again, biometric data (GDPR, Articles 6 and 9).",
        bias="Six speakers, most of them men; other accents, ages and lines will be understood less well.",
        ai_act="limited risk",
        because="It talks with callers, who must know that it is a machine (Article 50).",
        rules=("Telecommunication secrecy: say that a call is recorded, and why.",),
    ),
    settings=with_defaults(
        learning_rate=4e-3,
        num_epochs=15,
        batch_size=64,
        members=1,
        blocks=3,
        patterns=8,
        width=64,
        dropout=0.3,
        normalisation="layer",
        tone=0.8,
        hiss=1.5,
        masked=0.3,
    ),
    front=("learning_rate", "tone", "num_epochs"),
    presets=(
        recommended(
            "Three blocks, what each finds brought to one scale, and sounds changed at random in every step: through "
            "another microphone, over a hiss, with a part of time and pitch hidden. Higher, lower and faster voices "
            "were tried too, and made it worse on validation."
        ),
        quick("A third of the epochs.", num_epochs=5),
        Preset(
            name="as_they_are",
            title="Sounds as they are",
            reason="No sound is changed, each is the same in every epoch: the next voice is understood less often.",
            values=_AS_SPOKEN,
        ),
        overshoot(
            "A learning rate hundreds of times too high, and nothing that brings numbers to one scale: every step "
            "jumps across the valley.",
            num_epochs=5,
            normalisation="none",
            weight_decay=0.0,
            activation="leaky_relu",
        ),
        crawl(num_epochs=5, normalisation="none"),
        Preset(
            name="known_voices",
            title="Known voices",
            reason="Three networks instead of one, tested on other recordings of the voices that they learned from: "
            "what most demonstrations show.",
            values={"variant": "known_voices", "members": 3},
        ),
    ),
    variants=(
        Variant(
            name="never_heard",
            title="A voice never heard",
            reason="Each speaker is tested by networks that heard nothing of them, as the next caller is.",
        ),
        Variant(
            name="known_voices",
            title="Known voices",
            reason="The source's own test: other recordings of the same six speakers. It flatters.",
            changes={"plan": known_voices},
            flatters="never_heard",
            apart="speaker",
        ),
    ),
    variants_label="Callers",
    record_label="recording",
    order=10,
    icon="mic",
)
