"""The name of a container image, taken apart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Image:
    """`name` has the registry in front (docker.io, docker.io/library where none is written); tag and digest may be empty."""

    name: str
    tag: str
    digest: str


def read(text: str) -> Image:
    """`web:1.2` -> docker.io/library/web, 1.2; follows the reference package of distribution, without its checks."""
    rest, _, digest = text.strip().partition("@")
    folder, slash, last = rest.rpartition("/")
    last, _, tag = last.partition(":")
    name = f"{folder}{slash}{last}"
    first = name.partition("/")[0]
    if not slash:
        name = f"docker.io/library/{name}"
    elif "." not in first and ":" not in first and first != "localhost":
        name = f"docker.io/{name}"
    return Image(name, tag, digest)
