"""Network traffic of each app as the phone itself stores it."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.android.netstats import AppTraffic
from scanner.evidence import File
from scanner.formats import traffic_history
from scanner.formats.android_text import user
from scanner.record import Place

LARGEST = (1 << 63) - 1


@artifact(
    "/data/system/netstats/uid.*",
    "/data/system/netstats/uid_tag.*",
    "/data/misc/apexdata/com.android.tethering/netstats/uid.*",
    "/data/misc/apexdata/com.android.tethering/netstats/uid_tag.*",
)
def stored(file: File) -> Iterator[AppTraffic]:
    """The traffic of each uid over about three months; each file holds some weeks.

    The user's own list of tags (`uid_tag.*`) repeats a part of what the other counts. Since Android 13 the files are
    below `/data/misc/apexdata`.

    References:
        https://android.googlesource.com/platform/packages/modules/Connectivity/+/refs/heads/main/framework-t/src/android/net/NetworkStatsCollection.java
    """
    for number, traffic in enumerate(traffic_history.loads(file.read())):
        if traffic.uid < 0:
            continue  # what all, removed or tethered uids did together
        yield from file.record(
            AppTraffic,
            Place(key=f"history.{number}"),
            uid=traffic.uid,
            user=user(traffic.uid),
            set=traffic.set,
            tag=traffic.tag,
            network=traffic.network,
            received=min(sum(traffic.received), LARGEST),
            sent=min(sum(traffic.sent), LARGEST),
            time=min(traffic.starts) / 1000 if traffic.starts else None,
            last=max(traffic.starts) / 1000 if traffic.starts else None,
        )
