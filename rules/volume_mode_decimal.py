"""Permissions of files that were meant octal are read as a decimal number.

`defaultMode: 400` is 0620: the group may write, and others may not read. YAML takes a number as octal only with a
leading 0, and JSON never does.

Write `0400`, or the decimal number (256).

See https://kubernetes.io/docs/concepts/configuration/secret/#secret-files-permissions
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Node, Volume, rule

_MEANT = frozenset((400, 404, 440, 444, 500, 505))


@rule(Category.RISKY, needs=("configMap", "downwardAPI", "projected", "secret"))
def check(volume: Volume) -> Findings:
    """Find modes that read like octal ones and are written without the 0."""
    for kind in ("secret", "configMap", "projected", "downwardAPI"):
        if volume.value.get(kind):
            source = volume[kind]
            yield from _told(source["defaultMode"])
            for item in source["items"].items():
                yield from _told(item["mode"])


def _told(mode: Node) -> Findings:
    if mode.value in _MEANT:
        yield mode.found(
            f"{mode.value} is read as a decimal number, the mode {mode.value:04o}, and not as the octal 0{mode.value}",
            consequence="other users get other rights than were meant, and ssh and others refuse such files",
            help=f"write 0{mode.value}",
        )
