"""A small convolutional network for the mel spectrograms of sounds, K members stacked."""

from __future__ import annotations

from core.models._sound_settings import SETTINGS
from core.models.image_network import ImageNetwork

MODEL = ImageNetwork(name="sound_network", title="Convolutional network for sounds", settings=SETTINGS)
"""It reads a spectrogram as a picture: down are moments, across are bands of pitch."""
