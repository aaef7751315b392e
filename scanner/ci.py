"""What a CI job does: update the feeds, look at kept cases or at evidence again, and tell the outcomes apart.

`python -m scanner.ci` takes what it shall do from the environment, so that no shell ever reads it, and runs `bridle`
itself. All names begin with BRIDLE_CI_: PATHS, CASES and FEEDS hold one path a line (cases and paths may be patterns
like `cases/*`); CATALOGUE, UPDATE, FAIL_ON, NEW_ONLY, ON_INCOMPLETE, SARIF and JUNIT are single words, ARGS further
options of scan and rescan, OUTPUT the folder for what is written. The exit code: 0 nothing (new) was found and all was
checked; 1 findings; 2 nothing could be checked; 3 no findings, but something is missing: a feed that could not be
fetched, a case that cannot be read, a gap in coverage.
"""

import glob
import json
import os
import shlex
import subprocess
import sys
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GREEN, FINDINGS, COULD_NOT, INCOMPLETE = range(4)
WORDS = {GREEN: "green", FINDINGS: "findings", COULD_NOT: "failed", INCOMPLETE: "incomplete"}
HEADINGS = {
    GREEN: "🟢 Green: nothing new was found, and all was checked",
    FINDINGS: "🔴 Findings: look at them",
    COULD_NOT: "⚫ Failed: nothing could be checked",
    INCOMPLETE: "🟡 Incomplete: nothing new was found, but not all could be checked",
}
PREFIX = "BRIDLE_CI_"
MAX_SUMMARY = 900_000
"""Bytes; GitHub takes 1 MiB of a step."""
MAX_SAID = 2000


@dataclass(frozen=True)
class Job:
    """What is asked for."""

    paths: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    catalogue: str = ""
    update: bool = True
    fail_on: str = "medium"
    new_only: bool = True
    tolerant: bool = False
    """Whether an incomplete job ends with 0; its summary and its outputs tell all the same."""
    sarif: bool = False
    junit: bool = False
    arguments: tuple[str, ...] = ()
    output: Path = Path("bridle-results")


@dataclass
class Part:
    """One case or one scan that was looked at, or the update of the feeds."""

    name: str
    code: int
    said: str = ""
    """What went wrong, where nothing could be read."""
    report: dict[str, Any] = field(default_factory=dict)
    written: Path | None = None

    @property
    def new(self) -> int:
        """How many findings count and were not there before."""
        compared = self.report.get("run", {}).get("options", {}).get("compared")
        counting = [one for one in self.report.get("findings", []) if not (one.get("suppressed") or one.get("known"))]
        return len(counting) if compared is None else sum(one["id"] in set(compared["new"]) for one in counting)


def asked(environment: Mapping[str, str]) -> Job:
    """The job that an environment asks for.

    Raises:
        ValueError: it asks for nothing, or for what there is not.
    """

    def get(name: str, default: str = "") -> str:
        return environment.get(PREFIX + name, "").strip() or default

    def lines(name: str) -> tuple[str, ...]:
        return tuple(line.strip() for line in get(name).splitlines() if line.strip())

    def yes(name: str, *, default: bool) -> bool:
        word = get(name, str(default)).lower()
        if word not in {"true", "false"}:
            raise ValueError(f"{PREFIX}{name} is neither true nor false")
        return word == "true"

    tolerant = get("ON_INCOMPLETE", "fail")
    if tolerant not in {"fail", "warn"}:
        raise ValueError(f"{PREFIX}ON_INCOMPLETE is neither fail nor warn")
    output = get("OUTPUT", "bridle-results")
    if len(output.splitlines()) > 1:
        raise ValueError(f"{PREFIX}OUTPUT is more than one line")
    job = Job(
        paths=tuple(found("PATHS", lines("PATHS"))), cases=tuple(found("CASES", lines("CASES"))), feeds=lines("FEEDS"),
        catalogue=get("CATALOGUE"), update=yes("UPDATE", default=True), fail_on=get("FAIL_ON", "medium"),
        new_only=yes("NEW_ONLY", default=True), tolerant=tolerant == "warn", sarif=yes("SARIF", default=False),
        junit=yes("JUNIT", default=False), arguments=tuple(shlex.split(get("ARGS"))),
        output=Path(output),
    )  # fmt: skip
    if not (job.paths or job.cases):
        raise ValueError(f"nothing to look at: name kept cases in {PREFIX}CASES, or evidence in {PREFIX}PATHS")
    return job


def found(name: str, patterns: Iterable[str]) -> Iterator[str]:
    """The paths that patterns stand for, never as options.

    Raises:
        ValueError: a pattern stands for none.
    """
    for pattern in patterns:
        matching = sorted(glob.glob(pattern)) if glob.has_magic(pattern) else [pattern]  # noqa: PTH207 - whole paths
        if not matching:
            raise ValueError(f"{PREFIX}{name}: there is nothing like {pattern}")
        yield from (f"./{one}" if one.startswith("-") else one for one in matching)


def bridle(*arguments: str) -> tuple[int, str, str]:
    """Run a command: its exit code, standard output and standard error."""
    safe = ["-P"] if sys.flags.safe_path else []  # of the job's own folder, nothing is taken for this program
    ended = subprocess.run(  # noqa: S603 - no shell; the program is this one
        [sys.executable, *safe, "-m", "scanner.cli", *arguments], capture_output=True, check=False
    )
    return ended.returncode, ended.stdout.decode("utf-8", "replace"), ended.stderr.decode("utf-8", "replace")


def updated(job: Job) -> Part:
    """The feeds fetched anew; what could not be fetched leaves the job incomplete."""
    code, out, err = bridle("feeds", "update", *(["--catalogue", job.catalogue] if job.catalogue else []))
    return Part("feeds", INCOMPLETE if code else GREEN, said=(err or out).strip()[-MAX_SAID:] if code else "")


def looked(job: Job, number: int, command: list[str], name: str) -> Part:
    """The report of one command, kept as JSON."""
    options = ["--format", "json", "--fail-on", job.fail_on, *(f"--feeds={feed}" for feed in job.feeds)]
    code, out, err = bridle(*command, *options, *job.arguments)
    if code not in {GREEN, FINDINGS, INCOMPLETE}:
        return Part(name, COULD_NOT, said=err.strip()[-MAX_SAID:])
    try:
        report = json.loads(out)
    except ValueError:
        return Part(name, COULD_NOT, said="no report was printed: leave --quiet and --format out of the options")
    path = job.output / f"report-{number}.json"
    path.write_text(out, encoding="utf-8")
    return Part(name, code, report=report, written=path)


def parts(job: Job) -> Iterator[Part]:
    """All that was asked for, one after the other."""
    if job.update:
        yield updated(job)
    only_new = ["--new-only"] if job.new_only else []
    for number, case in enumerate(job.cases, 1):
        yield looked(job, number, ["rescan", case, *only_new], case)
    if job.paths:
        yield looked(job, len(job.cases) + 1, ["scan", *job.paths, "--no-progress"], ", ".join(job.paths))


def verdict(every: list[Part]) -> int:
    """The exit code of a job: findings before gaps, and gaps before none."""
    codes = {part.code for part in every}
    looks = {part.code for part in every if part.name != "feeds"}
    if FINDINGS in codes:
        return FINDINGS
    if looks == {COULD_NOT}:
        return COULD_NOT
    return INCOMPLETE if codes & {COULD_NOT, INCOMPLETE} else GREEN


def written(part: Part, format_: str, suffix: str) -> str:
    """A report in another format, beside it; its text."""
    if part.written is None:
        return ""
    target = part.written.with_suffix(suffix)
    code, _, err = bridle("report", str(part.written), "-f", format_, "-o", str(target), "--force")
    return target.read_text(encoding="utf-8") if code == 0 else f"The report cannot be written: {quoted(err)}\n"


def distinguished(part: Part, text: str) -> None:
    """Give a SARIF log the name of what was looked at: GitHub takes one of each name from a job."""
    if part.written is None or not text.startswith("{"):
        return
    log = json.loads(text)
    for one in log["runs"]:
        one["automationDetails"] = {"id": f"bridle/{part.name}/"}
    part.written.with_suffix(".sarif").write_text(json.dumps(log), encoding="utf-8")


def quoted(text: str) -> str:
    """A text that is nothing but text in Markdown."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def summary(every: list[Part], code: int) -> Iterator[str]:
    """The job's summary, in Markdown: the outcome first, then what is not green."""
    yield f"# {HEADINGS[code]}\n\n"
    for part in every:
        if part.said:
            what = "The feeds are not all up to date" if part.name == "feeds" else "This could not be checked"
            yield f"## {what}\n\n{quoted(part.name)}\n{quoted(part.said)}\n\n"
    for part in every:
        if part.report and part.code != GREEN:
            yield f"**{part.new} new** findings; exit code {part.code} ({WORDS[part.code]})\n\n"
            yield written(part, "markdown", ".md") + "\n"
    for part in every:
        if part.report and part.code == GREEN:
            yield f"- green: {part.report['verdict']['headline']}\n"


def tell(environment: Mapping[str, str], text: str, outputs: Mapping[str, str]) -> None:
    """Append to what GitHub shows of the step, and to what later steps read."""
    if shown := environment.get("GITHUB_STEP_SUMMARY"):
        with Path(shown).open("a", encoding="utf-8") as stream:
            stream.write(text)
    if read := environment.get("GITHUB_OUTPUT"):
        with Path(read).open("a", encoding="utf-8") as stream:
            stream.writelines(f"{name}={value}\n" for name, value in outputs.items())


def run(job: Job, environment: Mapping[str, str]) -> int:
    """Do it, tell it, and return the exit code."""
    job.output.mkdir(0o700, parents=True, exist_ok=True)
    every = list(parts(job))
    code = verdict(every)
    text = "".join(summary(every, code))
    data = text.encode("utf-8", "replace")
    if len(data) > MAX_SUMMARY:
        text = data[:MAX_SUMMARY].decode("utf-8", "ignore") + "\n\nThere is more, but no room for it here.\n"
    (job.output / "summary.md").write_text(text, encoding="utf-8")
    for part in every:
        if job.sarif:
            distinguished(part, written(part, "sarif", ".sarif"))
        if job.junit:
            written(part, "junit", ".xml")
    new = sum(part.new for part in every)
    outputs = {"exit-code": str(code), "verdict": WORDS[code], "new-findings": str(new), "results": str(job.output)}
    tell(environment, text, outputs)
    sys.stdout.write(f"bridle: {WORDS[code]}, {new} new findings; {job.output / 'summary.md'}\n")
    for part in every:
        if part.said:
            sys.stdout.write("".join(f"bridle: {line}\n" for line in part.said.splitlines()))
    return GREEN if code == INCOMPLETE and job.tolerant else code


def main() -> None:
    """Do what the environment asks for; nothing that evidence says is taken for a command of GitHub's."""
    token = uuid.uuid4().hex
    github = os.environ.get("GITHUB_ACTIONS") == "true"
    if github:
        sys.stdout.write(f"::stop-commands::{token}\n")
    try:
        code = run(asked(os.environ), os.environ)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"bridle: {error}\n")
        code = COULD_NOT
    if github:
        sys.stdout.write(f"::{token}::\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
