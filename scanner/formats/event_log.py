"""Values of Android's event log: `[0,3663,1000,com.example,service,{com.example/.Service}]`.

References:
    Android Open Source Project, tags and their values:
    https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/services/core/java/com/android/server/am/EventLogTags.logtags
"""

MAX_VALUES = 64


def values(text: str) -> list[str]:
    """The values of an event; a text that holds commas makes several."""
    return text.strip().removeprefix("[").removesuffix("]").split(",", MAX_VALUES)


def numbered(text: str) -> tuple[list[int], list[str]]:
    """The leading numbers of an event, and the values behind them.

    Events about processes begin with user, process and sometimes user id; Android 2 and 3 leave out the user.
    """
    found = values(text)
    numbers: list[int] = []
    for value in found:
        if not value.removeprefix("-").isdecimal() or len(value) > 12:
            break
        numbers.append(int(value))
    return numbers, found[len(numbers) :]
