"""What the page may do: apply its own style, run its own script, and nothing else.

References:
    Content Security Policy Level 3, hashes: https://www.w3.org/TR/CSP3/#external-hash
"""

from base64 import b64encode
from hashlib import sha256


def digest(text: str) -> str:
    """The source expression for an element with this content."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def policy(style: str, script: str) -> str:
    """The policy of a page with this style and this script."""
    allowed = {
        "default-src": "'none'",
        "style-src": digest(style),
        "script-src": digest(script),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in allowed.items())
