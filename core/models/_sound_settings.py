"""The settings of the network for sounds."""

from __future__ import annotations

from dataclasses import replace

from core.models._image_settings import BLOCKS, KERNEL, LAYERS, NORMALISATION, PATTERNS, changed
from core.models._table_settings import ACTIVATION, DROPOUT, WIDTH
from core.settings import Help

_BLOCKS = replace(
    BLOCKS,
    help=Help(
        sentence="How many times the spectrogram is searched for patterns and then halved; each block hears twice as "
        "long, and over twice as many pitches, as the one before, and looks for twice as many patterns.",
        caption="A hiss first, then a vowel that rises, then a whole syllable.",
        formula=r"h_{l+1} = \sigma(\mathrm{maxpool}_{2}(h_l * W_l + b_l))",
    ),
)
AUGMENTATION = (
    changed(
        "speed",
        "Speed",
        "share",
        0.5,
        "In every training step each sound is spoken faster or slower by up to this share.",
        "Nobody says a word twice at the same pace.",
    ),
    changed(
        "pitch",
        "Pitch",
        "bands",
        8,
        "In every training step each voice is made higher or lower by up to so many bands of the spectrogram.",
        "A child and a grandfather say the same word.",
        step=1,
    ),
    changed(
        "delay",
        "Delay",
        "moments",
        16,
        "In every training step each sound begins earlier or later by up to so many moments of the spectrogram.",
        "Some wait before they speak.",
        step=1,
    ),
    changed(
        "tone",
        "Microphone",
        "standard deviations",
        1.5,
        "In every training step high, low or middle pitches of each sound are made louder or quieter by up to so much.",
        "The same voice through another telephone.",
    ),
    changed(
        "hiss",
        "Hiss",
        "standard deviations",
        3.0,
        "In every training step a noise is laid under each sound, up to so loud.",
        "A street, a fan, a bad line.",
    ),
    changed(
        "masked",
        "Hidden parts",
        "share",
        0.5,
        "In every training step a stretch of time and a range of pitches of each sound are hidden, up to this share.",
        "Who understands half a word does not hang on one sound of it.",
    ),
)

SETTINGS = (_BLOCKS, PATTERNS, KERNEL, LAYERS, WIDTH, ACTIVATION, DROPOUT, NORMALISATION, *AUGMENTATION)
