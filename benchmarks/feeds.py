"""`python -m benchmarks.feeds`: loading feeds, matching links and text, against floors and other loaders in one run."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from benchmarks import material, table
from scanner.feeds import cache, load
from scanner.matching.index import Index
from scanner.record import Kind

URLS = 1_000_000
TEXT = 40 << 20
STIX2 = """import stix2, pathlib
for name in sys.argv[1:]:
    stix2.parse(pathlib.Path(name).read_text(), allow_custom=True)
"""
MVT = """from mvt.common.indicators import Indicators
loaded = Indicators()
for name in sys.argv[1:]:
    loaded.parse_stix2(name)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feeds", description=__doc__)
    parser.add_argument("--feeds", type=Path, default=material.default_feeds())
    parser.add_argument("--mvt-python", help="the Python of an environment that has MVT")
    options = parser.parse_args()
    print(table.markdown(loading(options.feeds, options.mvt_python)), end="\n\n")
    print(table.markdown(matching(options.feeds)))


def spent(work: Callable[[], object]) -> float:
    """CPU seconds of the better of two turns."""
    turns = []
    for _ in range(2):
        started = time.process_time()
        work()
        turns.append(time.process_time() - started)
    return min(turns)


def elsewhere(python: str, script: str, files: list[Path]) -> float:
    """CPU seconds of another loader in a process of its own, without its imports."""
    timed = f"import time, sys\n{script.splitlines()[0]}\nstarted = time.process_time()\n"
    rest = "\n".join(script.splitlines()[1:])
    ended = subprocess.run(
        [python, "-c", f"{timed}{rest}\nprint('spent', time.process_time() - started)", *map(str, files)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(ended.stdout.rpartition("spent")[2])


def loading(feeds: Path, mvt_python: str | None) -> list[list[str]]:
    """The same STIX files, loaded by everybody."""
    files = sorted(feeds.rglob("*.stix2"))
    floor = spent(lambda: [json.loads(path.read_bytes()) for path in files])
    rows = [("json.loads", floor), ("Bridle, read anew", spent(lambda: load.load(files)))]
    with tempfile.TemporaryDirectory() as folder:
        cache.folder = lambda: Path(folder)
        cache.feeds(files)
        rows.append(("Bridle, from its cache", spent(lambda: cache.feeds(files))))
    rows.append(("stix2.parse", elsewhere(sys.executable, STIX2, files)))
    if mvt_python:
        rows.append(("MVT", elsewhere(mvt_python, MVT, files)))
    return [["loader", "CPU s", "x json.loads"], *([name, f"{one:.3f}", f"{one / floor:.1f}"] for name, one in rows)]


def matching(feeds: Path) -> list[list[str]]:
    """A million links, and text by the megabyte, against all domains."""
    index = Index(one for feed in load.load([feeds]) for one in feed.indicators)
    index.prepare()
    random = Random(1)  # noqa: S311 - no secrets
    bad = sorted(index.tables[Kind.DOMAIN])[::7]
    urls = [url(random, bad) for _ in range(URLS)]
    look = index.url
    links = spent(lambda: [None for one in urls if look(one)])
    words = [f"Hello there, this is message {number} about lunch, see you at 12.30. " for number in range(1000)]
    lines = [random.choice(words) * 3 for _ in range(TEXT // 200)]
    size = sum(map(len, lines))
    text = spent(lambda: [None for one in lines if index.text(one)])
    return [
        ["matching", "figure"],
        ["links, from the string", f"{URLS / links:,.0f} a second and core"],
        ["free text", f"{size / text / 1e6:,.0f} MB a second and core"],
    ]


def url(random: Random, bad: list[str]) -> str:
    """A link; one in a thousand is bad, as many nearly are."""
    chance = random.random()
    name = random.choice(bad) if chance < 0.002 else f"www.site{random.randrange(20_000)}.example"
    name = f"not{name}" if chance < 0.001 else name
    return f"https://{name}/articles/{random.randrange(10**6)}?ref={random.randrange(10**4)}"


if __name__ == "__main__":
    main()
