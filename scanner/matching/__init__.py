"""Matching: what of a record meets an indicator, and how much that means."""
