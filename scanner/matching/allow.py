"""Whether an indicator is a name that everybody meets, for those who judge hits."""

from scanner.feeds.allowlist import reason

__all__ = ["reason"]
