"""An image reference that no client of a registry can parse.

The API server takes any text. The kubelet parses the reference before it pulls, fails, and the pod waits with
InvalidImageName until the manifest is changed: a scheme in front, a colon with no tag behind it, capitals in the name,
a digest that was cut off.

Write `registry/name:tag` or `registry/name@sha256:…`, the name in lower case.

See https://kubernetes.io/docs/concepts/containers/images/#image-names
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubetrial.lint.authoring import Category, Findings, Node, PodSpec, rule
from kubetrial.lint.facts import images
from kubetrial.lint.values.pattern import pattern


@rule(Category.BROKEN)
def check(pod: PodSpec) -> Findings:
    """Find references that applyDefaultImageTag in pkg/kubelet/images cannot parse, of containers and of image volumes."""
    for node in _references(pod):
        text = node.value
        if (
            text.__class__ is not str
            or (len(text) < 200 and _ORDINARY.fullmatch(text))
            or not text
            or text != text.strip()
            or _BLANK.search(text)
        ):
            continue  # container-image-padded tells of blanks around it
        if _is_word_alone(text):
            continue
        if _TOOL.match(text):
            continue  # ko://, kurun://: a path of sources, in whose place a tool writes the image that it has built
        if node.document.release and _WORD_FOR_DIGEST.search(text):
            continue  # a chart with the values of its tests
        wrong = images.wrong_with(text)
        if wrong is not None:
            yield node.found(
                f"the image `{_short(text)}` cannot be parsed: {_short(wrong)}",
                consequence="the kubelet pulls nothing, and the pod waits with InvalidImageName",
                help="write registry/name:tag or registry/name@sha256:…, the name in lower case and without a scheme",
            )


_TOOL = pattern(r"(?!https?:|docker:|oci:|registry:)[a-z]+://")
_WORD_FOR_DIGEST = pattern(r"@sha256:(?=[a-z]*[g-z])[a-z]{1,20}$")
_NAME = r"[a-z0-9]+(?:[.-][a-z0-9]+)*"
_ORDINARY = re.compile(rf"{_NAME}(?:/{_NAME}){{1,6}}(?::[A-Za-z0-9][A-Za-z0-9.-]{{0,99}})?")
"""A reference as nearly all are."""
_BLANK = pattern(
    r"[$<>{}%*()…]|\.\.\.|\[\[|__|(?<![A-Za-z0-9])(?:[A-Z][A-Z0-9]*_[A-Z0-9_]+|(?:YOUR|MY|THE)?(?:IMAGE|TAG|NAME|VERSION|REGISTRY|REPO|REPOSITORY"
    r"|PROJECT|REGION|LOCATION|ACCOUNT|ORG|ORGANIZATION|OWNER|USER|HOST|DOMAIN|NAMESPACE|DIGEST|SHA|COMMIT|HASH|APP|SERVICE|TEAM|COMPANY|BUCKET"
    r"|ZONE|URL)(?:NAME|ID|TAG|URL)?|TODO|FIXME|TBD|REPLACE(?:ME|D)?|CHANGE(?:ME|D)?|PLACEHOLDER|EXAMPLE|FILLED|X{3,})(?![A-Za-z0-9])"
)
"""Signs of a text that a person or a tool replaces, `REGION` and `PROJECT_ID` among them."""


def _is_word_alone(text: str) -> bool:
    """`CONTROLLER`: without a tag and a registry nothing says whether this is a name, or what stands for one."""
    return text.isalnum() and text.isupper()


def _references(pod: PodSpec) -> Iterator[Node]:
    for container in pod.all_containers():
        if container.get("image"):
            yield container["image"]
    volumes = pod.get("volumes")
    for index, volume in enumerate(volumes) if isinstance(volumes, list) else ():
        if isinstance(volume, dict) and "image" in volume:
            yield pod["volumes"][index]["image"]["reference"]


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}…"
