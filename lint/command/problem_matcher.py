"""Problem matchers: how GitHub Actions and VS Code read our concise lines.

The expressions run in ECMAScript flavours with a time limit: anchored, no nested quantifiers. GitHub makes an
annotation only of lines whose level is error, warning or notice, so in Actions concise lines say `notice` for info.
"""

from __future__ import annotations

from typing import Any

_RULE = "[a-z][a-z0-9-]*"


def matcher(target: str) -> dict[str, Any]:
    """What `kubetrial problem-matcher` prints as JSON: a matcher file for "github", a tasks.json for "vscode".

    Raises KeyError for any other target.
    """
    return {"github": _github, "vscode": _vscode}[target]()


def _github() -> dict[str, Any]:
    pattern = {
        "regexp": rf"^(.+?):(\d+):(\d+): (error|warning|notice) ({_RULE}) (.+)$",
        "file": 1,
        "line": 2,
        "column": 3,
        "severity": 4,
        "code": 5,
        "message": 6,
    }
    return {"problemMatcher": [{"owner": "kubetrial", "severity": "error", "pattern": [pattern]}]}


def _vscode() -> dict[str, Any]:
    pattern = {
        "regexp": rf"^(.+?):(\d+):(\d+)(?:-(\d+):(\d+))?: (error|warning|info) ({_RULE}) (.+)$",
        "file": 1,
        "line": 2,
        "column": 3,
        "endLine": 4,
        "endColumn": 5,
        "severity": 6,
        "code": 7,
        "message": 8,
    }
    task = {
        "label": "kubetrial",
        "type": "shell",
        "command": "kubetrial check . --output-format concise",
        "presentation": {"reveal": "silent"},
        "problemMatcher": {
            "owner": "kubetrial",
            "source": "kubetrial",
            "fileLocation": ["autodetect", "${workspaceFolder}"],
            "pattern": pattern,
        },
    }
    return {"version": "2.0.0", "tasks": [task]}
