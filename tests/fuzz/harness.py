"""Feeds kubetrial with what strangers could write, and stops at the first traceback, mistake of its own, or input that takes too long.

    python tests/fuzz/harness.py --minutes 60                   what runs in memory, and sometimes whole commands
    python tests/fuzz/harness.py --surface charts --runs 100000
    python tests/fuzz/harness.py --surface charts --seed 17     one input again, and its files are written to ./charts-17
    python tests/fuzz/harness.py --state FOLDER --go-on         go on where a run was stopped, and keep its figures and failures there
    python tests/fuzz/harness.py --coverage --runs 20000        how many of the branches a run reaches (needs coverage)
    python tests/fuzz/harness.py --guided FOLDER                inputs that an engine guides by coverage, kept there (needs atheris)

Inputs are the fixtures of the tests, changed: values are exchanged, removed, repeated, nested and replaced by what breaks parsers, and
texts are cut, doubled and flipped. Every input follows from the surface and a number alone, so that a failure can be had again.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import itertools
import json
import os
import pkgutil
import random
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

try:
    import resource
except ImportError:  # not on this platform
    resource = None  # type: ignore[assignment]

sys.path.insert(0, str(Path(__file__).resolve().parent))


def _instrumented() -> Any:
    """With --guided, the engine that watches every branch of kubetrial; it has to come before kubetrial is imported."""
    if "--guided" not in sys.argv:
        return contextlib.nullcontext()
    import atheris

    return atheris.instrument_imports(include=["kubetrial"], enable_loader_override=False)


with _instrumented():
    import inputs
    import kubetrial.lint
    import kubetrial.rules
    from surfaces import COLD, COMMANDS, MEMORY, SECONDS, SURFACES, Failed, counts

    if "--guided" in sys.argv:
        for package in (kubetrial.lint, kubetrial.rules):
            for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
                if not module.name.endswith("__main__"):
                    importlib.import_module(module.name)

MOST_MEMORY = 3 << 30
"""Bytes of address space for the process: what wants more fails with a MemoryError, and not the machine."""
MOST_GROWTH = 300
"""MiB that one input may add to what the process holds."""
SEEDS = 200
"""Inputs that an engine begins with where its folder is empty."""
ONE_COMMAND_IN = 1_000
"""A whole command costs as much as a hundred inputs in memory."""


def one(surface: str, number: int) -> inputs.Files:
    """Run one input of a surface, and return it; raises Failed, or whatever kubetrial lets out."""
    return _run(surface, random.Random(f"{surface}-{number}"))


def _run(surface: str, rng: random.Random) -> inputs.Files:
    make, run = SURFACES[surface]
    files = make(rng)
    before = _resident()
    with _limited(SECONDS if surface in MEMORY else COLD):
        run(files)
    if _resident() - before > MOST_GROWTH:
        raise Failed(f"it takes {_resident() - before} MiB of memory")
    return files


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        where = "".join(traceback.format_stack(frame)[-4:])
        raise TimeoutError(f"more than {seconds} s of processor time:\n{where}")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _round(surfaces_: Sequence[str] | None) -> Iterator[str]:
    """The surfaces to run one after the other: each by its weight, and now and then a whole command."""
    if surfaces_:
        yield from itertools.cycle(surfaces_)
    weighted = [name for name, (_, weight) in MEMORY.items() for _ in range(weight)]
    random.Random(0).shuffle(weighted)
    for number in itertools.count():
        yield weighted[number % len(weighted)]
        if number % ONE_COMMAND_IN == 0:
            yield list(COMMANDS)[number // ONE_COMMAND_IN % len(COMMANDS)]


def _resident() -> int:
    """Memory of this process now, in MiB."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
    return 0


class _Log:
    """What was done, kept in a folder where one is named, so that a later run goes on there."""

    def __init__(self, folder: str | None) -> None:
        self.file = Path(folder, "state.json") if folder else None
        self.done = self.failures = self.objects = self.reached = 0
        self.memory: list[int] = []
        self.began = time.monotonic()
        self.numbers: dict[str, int] = dict.fromkeys(SURFACES, 0)
        if self.file is not None and self.file.exists():
            held = json.loads(self.file.read_text(encoding="utf-8"))
            self.done, self.failures = held["done"], held["failures"]
            self.objects, self.reached = held["objects"], held["reached"]
            self.numbers.update(held["numbers"])
        self._objects, self._reached, self._done = self.objects, self.reached, self.done

    def failed(self, surface: str, number: int, error: Exception) -> None:
        """Note and print a failure."""
        self.failures += 1
        text = str(error) if isinstance(error, Failed) else "".join(traceback.format_exception(error)[-3:])
        said = f"FAILED --surface {surface} --seed {number}: {text}"
        print(said, flush=True)
        if self.file is not None:
            with self.file.with_name("failures.txt").open("a", encoding="utf-8", errors="backslashreplace") as out:
                out.write(said + "\n")

    def told(self) -> str:
        """The figures in one line."""
        self.objects, self.reached = self._objects + counts["objects"], self._reached + counts["reached"]
        gc.collect()
        self.memory.append(_resident())
        seconds = time.monotonic() - self.began
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            held = {
                name: getattr(self, name) for name in ("done", "failures", "objects", "reached", "numbers", "memory")
            }
            self.file.with_suffix(".new").write_text(json.dumps(held), encoding="utf-8")
            self.file.with_suffix(".new").replace(self.file)
        return (
            f"{self.done} executions ({(self.done - self._done) / max(seconds, 1):.0f}/s), {self.objects} with objects, {self.reached} reached the "
            f"trial or a builder, {self.failures} failed, {self.memory[-1]} MiB"
        )


def fuzz(options: argparse.Namespace) -> int:
    """Run inputs until the time or their number is used up; 1 where one failed."""
    log = _Log(options.state)
    until = time.monotonic() + 60 * options.minutes
    for surface in _round(options.surface):
        if log.done - log._done >= options.runs or time.monotonic() > until:
            break
        number = log.numbers[surface] = max(log.numbers[surface], options.start) + 1
        try:
            one(surface, number)
        except Exception as error:
            log.failed(surface, number, error)
            if not options.go_on:
                return 1
        log.done += 1
        if log.done % 5_000 == 0:
            print(log.told(), flush=True)
    print(log.told())
    return int(log.failures > 0)


def guided(options: argparse.Namespace) -> int:
    """Inputs that the bytes of a coverage-guided engine choose; what reaches something new is kept in the folder."""
    import atheris

    log = _Log(options.state)
    weighted = [name for name, (_, weight) in MEMORY.items() for _ in range(max(1, weight // 10))]

    def feed(data: bytes) -> None:
        rng = inputs.Choices(data)
        surface = rng.choice(weighted)
        try:
            _run(surface, rng)
        except Exception as error:
            log.failed(surface, -1, error)
            name = f"failed-{log.failures}"
            Path(options.guided).with_name(name).write_bytes(data)
            if not options.go_on:
                raise
        log.done += 1
        if log.done % 5_000 == 0:
            print(log.told(), flush=True)

    folder = Path(options.guided)
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        # With nothing to begin with, the engine starts from one byte, and most of an input is zeros for long.
        for number in range(SEEDS):
            (folder / f"seed-{number}").write_bytes(random.Random(number).randbytes(inputs.MOST_CHOICES))
    words = [
        sys.argv[0],
        options.guided,
        f"-max_len={2 * inputs.MOST_CHOICES}",
        "-len_control=0",
        "-rss_limit_mb=4096",
        f"-max_total_time={int(min(options.minutes, 1e6) * 60)}",
    ]
    atheris.Setup(words, feed)
    atheris.Fuzz()
    return 0


def covered(options: argparse.Namespace) -> int:
    """Run under the branch coverage of `coverage`, and say its figure."""
    import coverage

    roots = [str(Path(path)) for package in (kubetrial.lint, kubetrial.rules) for path in package.__path__]
    watch = coverage.Coverage(branch=True, data_file=None, source=roots)
    watch.start()
    # What modules do when they are imported was done before, and does not count.
    code = fuzz(options)
    watch.stop()
    watch.report(show_missing=False, skip_covered=False, sort="cover")
    return code


def main() -> int:
    """The command; 1 where an input failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--surface", choices=SURFACES, action="append")
    parser.add_argument("--runs", type=int, default=1 << 60, help="executions in all")
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--start", type=int, default=0, help="the number before the first one")
    parser.add_argument("--seed", type=int, help="this number alone; its files are written to a folder of its name")
    parser.add_argument("--go-on", action="store_true", help="do not stop at a failure")
    parser.add_argument("--state", metavar="FOLDER", help="keep figures and failures there, and go on where they end")
    parser.add_argument("--coverage", action="store_true", help="say how many branches are reached")
    parser.add_argument("--guided", metavar="FOLDER", help="let coverage guide the inputs, and keep them there")
    options = parser.parse_args()
    if resource is not None and not options.guided:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    if options.seed is not None:
        surface = (options.surface or list(SURFACES))[0]
        folder = Path(f"{surface}-{options.seed}")
        for name, data in SURFACES[surface][0](random.Random(f"{surface}-{options.seed}")).items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        one(surface, options.seed)
        return 0
    return guided(options) if options.guided else covered(options) if options.coverage else fuzz(options)


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    sys.exit(main())
