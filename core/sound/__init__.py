"""Sounds: waveforms, the spectrograms that networks and simple methods read, files, and what may be done to a sound."""
