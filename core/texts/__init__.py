"""Texts: the characters that examples hold, the words in them, and the pieces of words that networks read."""
