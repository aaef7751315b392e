"""Rules, grouped by subject."""
