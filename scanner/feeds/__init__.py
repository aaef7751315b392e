"""Indicator feeds: readers of every format, and the one place where values are brought into normal form."""
