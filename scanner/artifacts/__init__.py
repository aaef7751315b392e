"""Artifacts of phones, a package for each system."""
