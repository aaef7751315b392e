"""Words for the codes of Android's usage statistics.

References:
    https://developer.android.com/reference/android/app/usage/UsageEvents.Event
    https://developer.android.com/reference/android/app/usage/UsageStatsManager
"""

EVENTS = (
    "NONE",
    "ACTIVITY_RESUMED",
    "ACTIVITY_PAUSED",
    "END_OF_DAY",
    "CONTINUE_PREVIOUS_DAY",
    "CONFIGURATION_CHANGE",
    "SYSTEM_INTERACTION",
    "USER_INTERACTION",
    "SHORTCUT_INVOCATION",
    "CHOOSER_ACTION",
    "NOTIFICATION_SEEN",
    "STANDBY_BUCKET_CHANGED",
    "NOTIFICATION_INTERRUPTION",
    "SLICE_PINNED_PRIV",
    "SLICE_PINNED",
    "SCREEN_INTERACTIVE",
    "SCREEN_NON_INTERACTIVE",
    "KEYGUARD_SHOWN",
    "KEYGUARD_HIDDEN",
    "FOREGROUND_SERVICE_START",
    "FOREGROUND_SERVICE_STOP",
    "CONTINUING_FOREGROUND_SERVICE",
    "ROLLOVER_FOREGROUND_SERVICE",
    "ACTIVITY_STOPPED",
    "ACTIVITY_DESTROYED",
    "FLUSH_TO_DISK",
    "DEVICE_SHUTDOWN",
    "DEVICE_STARTUP",
    "USER_UNLOCKED",
    "USER_STOPPED",
    "LOCUS_ID_SET",
    "APP_COMPONENT_USED",
)
"""By code, as Android prints them since version 10."""

OLD_NAMES = {"MOVE_TO_FOREGROUND": "ACTIVITY_RESUMED", "MOVE_TO_BACKGROUND": "ACTIVITY_PAUSED"}
"""What Android before version 10 prints."""

BUCKETS = {
    5: "exempted",
    10: "active",
    20: "working set",
    30: "frequent",
    40: "rare",
    45: "restricted",
    50: "never used",
}


def word(code: int) -> str:
    """The word of an event's code, or the code itself."""
    return EVENTS[code] if 0 <= code < len(EVENTS) else str(code)
