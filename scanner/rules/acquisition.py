"""The pages of what is found about the acquisition itself; the check is `scanner.integrity`."""

from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import enter


def changed_since_collected() -> None:
    """A file of the acquisition is not what its collector recorded.

    Why: AndroidQF writes the hash of each file that it collected; one that differs was changed or damaged since, and
        what is found in it, or is not, says nothing of the phone.
    Benign causes: a copy that was cut short; somebody who opened the folder with a tool that writes; the collector's
        own log, to which it wrote after it was hashed.
    Base rate: none is expected in an acquisition that was copied whole.
    Next: compare with the original copy; copy it again, and find out who had it since.
    References: https://github.com/mvt-project/androidqf
    """


enter("INT001", changed_since_collected, Severity.MEDIUM, Stage.NONE)
