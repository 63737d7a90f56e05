"""How numbers, times, texts and JSON are written."""
