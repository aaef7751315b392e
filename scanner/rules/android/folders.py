"""Folders of a phone that say something of a file in them, for rules."""

SCRATCH = ("/data/local/", "/data/cache/", "/cache/", "/tmp/")  # noqa: S108 - folders of the phone
"""Where files are put by hand, over adb, or by the recovery system."""
SHARED = ("/sdcard/", "/storage/", "/mnt/sdcard/", "/mnt/media_rw/", "/data/media/")
"""The storage that all apps share, and cards."""
WRITABLE = (*SCRATCH, *SHARED)
"""Folders that are nobody's own: no part of the system and no app keeps its programs there."""
ROOT = "/data/adb/"
"""Where root tools keep theirs."""
