"""Messages and what comes with them."""

import re

from scanner.artifacts.ios.sms import Attachment
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import rule

TEMPORARY = re.compile(r"(?:/private)?/var/tmp/.*", re.DOTALL)


@rule("IOS004", Severity.MEDIUM, Stage.DELIVERY)
def attachment_in_temporary_folder(one: Attachment) -> str | None:
    """A received attachment that lies in a temporary folder.

    Why: attachments lie under the folder of Messages; those of zero-click exploits were seen with paths under
        `/var/tmp`, because they were handled before they were ever shown.
    Benign causes: an attachment whose handling was interrupted.
    Base rate: rare.
    Next: look at the sender, and at crashes and new processes in the minutes around it; keep the attachment.
    References: https://docs.mvt.re/en/latest/ios/records/
        https://securitylab.amnesty.org/latest/2021/07/forensic-methodology-report-how-to-catch-nso-groups-pegasus/
    """
    if one.from_me or not one.path or not TEMPORARY.fullmatch(one.path):
        return None
    return f"the attachment lies at {one.path}"
