"""Jobs that outlive a restart, as the phone itself stores them."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from scanner.artifact import artifact
from scanner.artifacts.android.jobs import ScheduledJob
from scanner.evidence import File
from scanner.formats.android_text import uid, user, whole
from scanner.record import Place

NETWORK = ("net-", "connectivity", "unmetered", "not-roaming", "metered")


@artifact("/data/system/job/jobs.xml", "/data/system/job/jobs_*.xml")
def jobs(file: File) -> Iterator[ScheduledJob]:
    """The jobs that apps have registered to be run also after a restart; since Android 13 one file for each app.

    References:
        https://android.googlesource.com/platform/frameworks/base/+/refs/heads/main/apex/jobscheduler/service/java/com/android/server/job/JobStore.java
    """
    for number, job in enumerate(file.xml().iter("job")):
        package, who = job.get("package"), uid(job.get("uid", ""))
        yield from file.record(
            ScheduledJob,
            Place(key=f"job.{number}"),
            component=f"{package}/{job.get('class')}",
            package=job.get("sourcePackageName") or package,
            uid=who,
            user=user(who),
            number=job.get("jobid"),
            period=period(job),
            persisted=True,
            network=any(name.startswith(NETWORK) for part in job.iter("constraints") for name in part.attrib),
        )


def period(job: Element) -> int | None:
    """Seconds between the runs of a job that repeats."""
    written = next((part.get("period", "") for part in job.iter("periodic")), "")
    return None if (found := whole(written)) is None else found // 1000
