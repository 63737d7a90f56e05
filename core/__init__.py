"""The core of Proving Ground: data to model to money."""

__version__ = "0.1.0"
