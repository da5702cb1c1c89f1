"""An image without a version: no tag, or a tag that moves.

`latest` (also meant where no tag is written) may be another image tomorrow: two replicas may run different programs, a
restart is an unplanned update, and a rollback brings nothing back.

Write a version, or pin the image by its digest. With the option `digest` only digests are good enough; `tags` are
the tags that move.

See https://kubernetes.io/docs/concepts/containers/images/#image-names
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule
from kubetrial.lint.facts import images


@rule(Category.ADVICE)
def check(container: Container, *, digest: bool = False, tags: tuple[str, ...] = ("latest",)) -> Findings:
    """Find images without tag or digest, and with a tag that moves."""
    text = container.value.get("image")
    if text.__class__ is not str or not text or "$" in text or " " in text:
        return
    image = images.read(text)
    if image.digest:
        return
    if image.tag in tags or not image.tag:
        yield container["image"].found(
            f"{text} has {f'the tag {image.tag}' if image.tag else 'no tag, so it is `latest`'}, which may change",
            consequence="replicas may differ, a restart may update, and a rollback brings nothing back",
            help="write a version, or a digest",
        )
    elif digest:
        yield container["image"].found(f"{text} has no digest", help=f"write {text}@sha256:…")
