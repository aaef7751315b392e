"""Words for the codes of why a process ended.

References:
    https://developer.android.com/reference/android/app/ApplicationExitInfo
    https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/core/java/android/app/ApplicationExitInfo.java
"""

REASONS = (
    "UNKNOWN",
    "EXIT SELF",
    "SIGNALED",
    "LOW MEMORY",
    "APP CRASH(EXCEPTION)",
    "APP CRASH(NATIVE)",
    "ANR",
    "INITIALIZATION FAILURE",
    "PERMISSION CHANGE",
    "EXCESSIVE RESOURCE USAGE",
    "USER REQUESTED",
    "USER STOPPED",
    "DEPENDENCY DIED",
    "OTHER KILLS BY SYSTEM",
    "FREEZER",
    "STATE CHANGE",
    "PACKAGE UPDATED",
)
"""By code; as Android prints them."""


def word(code: int | None) -> str | None:
    """The word of a reason's code."""
    return REASONS[code] if code is not None and 0 <= code < len(REASONS) else None
