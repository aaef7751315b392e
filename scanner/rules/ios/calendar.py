"""Calendar events as a way in."""

from scanner.artifacts.ios.calendar import CalendarEvent
from scanner.finding import Severity
from scanner.record import Stage
from scanner.rule import rule


@rule("IOS007", Severity.HIGH, Stage.DELIVERY)
def invitation_of_quadream(event: CalendarEvent) -> str | None:
    """A calendar event of the form that QuaDream's exploit left.

    Why: the exploit for iOS 14 came in invitations to past events, named "Meeting" with the notes "Notes".
    Benign causes: somebody who names meetings and notes just so.
    Base rate: rare.
    Next: look at the organizer and at when the event was made; events in the past that came as invitations are
        telling. Keep the calendar.
    References: https://citizenlab.ca/2023/04/spyware-vendor-quadream-exploits-victims-customers/
    """
    if event.summary == "Meeting" and event.description == "Notes":
        return f"an event Meeting / Notes from {event.organizer or 'an organizer that is not named'}"
    return None
