"""The files with which a repository begins: a configuration, a hook and a workflow, made for what was found in it."""

from __future__ import annotations

import re

from kubetrial.lint.settings.baseline import DEFAULT_NAME
from kubetrial.lint.settings.repository import Repository
from kubetrial.schemas.minors import NEWEST

CONFIGURATION = ".kubetrial.toml"
HOOKS = ".pre-commit-config.yaml"
WORKFLOW = ".github/workflows/kubetrial.yml"
GITLAB = ".gitlab-ci.yml"
GITLAB_JOB = ".gitlab/kubetrial.yml"


def configuration(repository: Repository, *, baseline: bool) -> str:
    """The text of .kubetrial.toml: what was found, and what most people set, as comments."""
    lines = [
        "# Settings of kubetrial. `kubetrial check . --show-settings` shows what holds,",
        "# `kubetrial schema configuration` prints a JSON schema for editors.",
        "",
        *_version(repository),
        "fail-if-nothing-checked = true  # an empty folder is a mistake of the pipeline, not a success",
    ]
    if baseline:
        lines.append(f'baseline = "{DEFAULT_NAME}"  # what stood here when kubetrial came')
    if repository.schema_folders:
        folders = ", ".join(f'"{_escaped(folder)}"' for folder in repository.schema_folders)
        lines.append(f"schema-dirs = [{folders}]")
    if repository.foreign_ignores:
        lines.append("honour-foreign-ignores = true  # the manifests hold annotations for other linters")
    lines += [
        "",
        '# fail-on = "warning"             # default: error',
        '# select = ["rejected", "broken", "risky", "security"]   # also the Pod Security Standards, RBAC and secrets',
        '# exclude = ["examples/"]',
        '# external = ["secret/*"]         # what exists beside these manifests, as kind/name',
        "",
        "# [[overrides]]",
        '# files = ["test/**"]',
        '# ignore = ["risky"]',
        *_environments(repository),
    ]
    return "\n".join(lines) + "\n"


def _environments(repository: Repository) -> list[str]:
    """The environments of charts, as comments: with them, each is checked in place of the chart's own values alone."""
    lines = []
    for chart, file in repository.values[:_MOST]:
        name = (
            re.sub(r"[^A-Za-z0-9_-]+|^values|values$", "", file.rpartition("/")[2].partition(".y")[0]).strip("-_")
            or "other"
        )
        lines += ["", f'# [charts."{_plain(chart)}".environments.{name}]', f'# values = ["{_plain(file)}"]']
    return lines


_MOST = 6
"""So many environments are written out."""


def _version(repository: Repository) -> list[str]:
    """The version of the clusters, where the repository names one; as a comment where it names none or several."""
    if len(repository.minors) == 1:
        ((minor, file),) = repository.minors
        return [f'kubernetes-version = "1.{minor}"  # as {_plain(file)} says']
    lines = [f'# kubernetes-version = "1.{NEWEST}"  # that of your clusters; default: the newest']
    if repository.minors:
        named = ", ".join(f"1.{minor} in {_plain(file)}" for minor, file in repository.minors)
        lines.insert(0, f"# The repository names several: {named}")
    return lines


def hooks(version: str) -> str:
    """The text of a .pre-commit-config.yaml; the package itself brings the command, so no other repository is named."""
    return "repos:\n" + hook(version)


def hook(version: str) -> str:
    """The entry of the hook, as it stands in the list `repos`."""
    return f"""\
  - repo: local
    hooks:
      - id: kubetrial
        name: kubetrial (Kubernetes manifests)
        entry: kubetrial check --force-exclude --no-progress
        language: python
        additional_dependencies: ["kubetrial=={version}"]
        types_or: [yaml, json]
        require_serial: true # one process sees all files of the commit
"""


def workflow(version: str) -> str:
    """The text of a workflow for GitHub Actions."""
    return f"""\
name: kubetrial
on: [push, pull_request]
permissions:
  contents: read
jobs:
  manifests:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - run: pip install kubetrial=={version}
      - run: kubetrial check .
"""


def gitlab(version: str) -> str:
    """The text of a job for GitLab, which shows the findings in merge requests."""
    return f"""\
kubetrial:
  image: python:3.13-slim
  script:
    - pip install kubetrial=={version}
    - kubetrial check . --output-format gitlab --output-file gl-code-quality-report.json --output-format concise
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
"""


def _plain(text: str) -> str:
    """A file's name in a comment: on one line."""
    from kubetrial.lint.values.printable import one_line

    return one_line(text)


def _escaped(text: str) -> str:
    """A text between double quotes in TOML."""
    import json

    return json.dumps(text)[1:-1]
