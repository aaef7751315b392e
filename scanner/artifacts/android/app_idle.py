"""How idle the phone takes each app to be, as it stores it."""

from collections.abc import Iterator

from scanner.artifact import artifact
from scanner.artifacts.android.folders import user_of
from scanner.artifacts.android.usagestats import AppStandby, named
from scanner.evidence import File
from scanner.record import Place


@artifact("/data/system/users/*/app_idle_stats.xml")
def stats(file: File) -> Iterator[AppStandby]:
    """Each app's standby bucket and the reason for it, since Android 6 (buckets since 9).

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/apex/jobscheduler/service/java/com/android/server/usage/AppIdleHistory.java
    """
    user = user_of(file.path)
    for app in file.xml().iter("package"):
        bucket = app.get("appLimitBucket")
        yield from file.record(
            AppStandby,
            Place(key=app.get("name")),
            package=app.get("name"),
            user=user,
            bucket=bucket,
            bucket_word=named(bucket or ""),
            reason=app.get("bucketReason"),
        )
