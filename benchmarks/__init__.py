"""Measurements against other tools (`run`, `stages`) and checks against real samples (`acceptance`)."""
