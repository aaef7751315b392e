"""A story named elsewhere in the page: what it is about, how bad, when."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from scanner.finding import STAGES
from scanner.report.html_stories import Story, stage
from scanner.report.html_text import english, fill, joined, stamp, until, value, visible
from scanner.report.html_words import Words

MAX_NAME = 200
MENTION = (
    '<li><span class="badge sev-{severity}">{word}</span> <a href="#s{number}">{about}</a> '
    '<span class="soft">{times}</span></li>\n'
)


BADGE = '<span class="badge sev-{severity}">{word}</span>'
STAGE = ' <span class="stage"><span class="dots" aria-hidden="true">{}</span>{}</span>'
DOT, DOT_ON = Markup("<i></i>"), Markup('<i class="on"></i>')


@dataclass(frozen=True)
class Mentions:
    """Stories' names in one language, each made once."""

    t: Words
    made: dict[int, Markup] = field(default_factory=dict)
    standing: dict[tuple[str, str], Markup] = field(default_factory=dict)

    def about(self, story: Story) -> Markup:
        """What a story is about: `App com.example.x`."""
        if story.subject.kind == "place" and len(story.checks) == 1:
            return english(story.findings[0].title.removesuffix("."))
        name = fill('<span class="name">{}</span>', value(story.subject.name, MAX_NAME))
        return fill("{} {}", self.t(f"subject.{story.subject.kind}"), name)

    def times(self, story: Story) -> Markup:
        """From when to when."""
        if not story.times:
            return self.t("story.timeless")
        first, last = story.times[0], story.times[-1]
        if first == last:
            return self.t("story.at", time=stamp(first))
        return self.t("story.between", first=stamp(first), last=until(first, last))

    def stands(self, story: Story) -> Markup:
        """How bad it is, and on which rung of the ladder."""
        key = (story.severity, story.stage)
        if key not in self.standing:
            badge = fill(BADGE, severity=escape(visible(key[0])), word=self.t.named("severity", key[0]))
            level = stage(key[1])
            dots = joined(DOT_ON if number < level else DOT for number in range(len(STAGES) - 1))
            self.standing[key] = badge + (fill(STAGE, dots, self.t.named("stage", key[1])) if level else "")
        return self.standing[key]

    def near(self, stories: Iterable[Story]) -> Markup:
        """The stories around another, as items of a list."""
        return joined(self.mention(story) for story in stories)

    def mention(self, story: Story) -> Markup:
        """A story as an item of a list."""
        if story.number not in self.made:
            self.made[story.number] = fill(
                MENTION, severity=escape(visible(story.severity)), word=self.t.named("severity", story.severity),
                number=escape(story.number), about=self.about(story), times=self.times(story),
            )  # fmt: skip
        return self.made[story.number]

    def families(self, names: Iterable[str]) -> Markup:
        """Names of families, one after the other."""
        return joined((value(name, MAX_NAME) for name in names), ", ")
