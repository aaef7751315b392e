"""Bridle finds traces of mercenary spyware and stalkerware on phones."""

__version__ = "0.1.0"
