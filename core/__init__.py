"""The core of Proving Ground: data to model to money. Knows no page; never imports streamlit."""

__version__ = "0.1.0"
