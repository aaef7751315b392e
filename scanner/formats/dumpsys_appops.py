"""The app operations service's dump, from Android 4.3 to 16: what each app may do, and when it last did it.

Four generations of what stands below `Package x:`

* 4.3 to 8: `CAMERA: mode=0; time=+1d2h ago; rejectTime=+5m ago; duration=+34ms`
* 9: `CAMERA (allow):` and below it `Access: top = 2018-12-04 13:43:00.123 (-1m2s)` for each state of the app
* 10: `Access: [top-s] 2020-01-08 15:30:08.802 (-1m40s679ms) duration=+162ms`
* since 11 the same between `tag=[` and `]`, one such pair for each attribution; since 12 also the discrete accesses
  of the last days: `Access [top-s] at 2024-06-14 10:00:00.000 for 60000 milliseconds`.

References:
    AOSP, AppOpsService, dump: https://android.googlesource.com/platform/frameworks/base
"""

from scanner.formats.android_text import milliseconds

MODES = {"0": "allow", "1": "ignore", "2": "deny", "3": "default", "4": "foreground"}
LONGEST = 20_000 * 86_400_000
"""Milliseconds: more than Android is old."""


def duration(text: str) -> int | None:
    """The milliseconds of `+1d2h3m4s5ms` or `-12ms`; None of `0`, which stands for never, and of anything else."""
    found = milliseconds(text)
    return found if found and abs(found) <= LONGEST else None


def state(text: str) -> tuple[str | None, str | None]:
    """The app's state and whose doing it was, of `[top-s]`: `top`, `s`; Android 9 writes the state alone."""
    name, _, flags = text.strip("[] ").partition("-")
    return name or None, flags or None
