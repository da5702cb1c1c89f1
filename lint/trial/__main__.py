"""`python -m kubetrial.lint.trial MANIFEST...

--scenario scenario.json`: play a scenario and print its timeline as JSON lines.
"""

from __future__ import annotations

import argparse
import sys

from kubetrial.lint.trial import run_scenario


def main(argv: list[str] | None = None) -> int:
    """Read, run, print. Notes about the trial go to standard error."""
    parser = argparse.ArgumentParser(prog="python -m kubetrial.lint.trial", description=__doc__)
    parser.add_argument("manifest", nargs="*", help="YAML files; without any, manifest.yaml beside the scenario")
    parser.add_argument("--scenario", required=True, help="a scenario.json")
    parser.add_argument("--horizon", type=float, help="seconds, instead of the scenario's horizonSeconds")
    arguments = parser.parse_args(argv)
    timeline = run_scenario(arguments.manifest, arguments.scenario, horizon=arguments.horizon)
    for line in timeline.lines():
        print(line)
    for note in timeline.notes:
        print(note, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
