"""Paths inside volumes, references to ConfigMaps and Secrets, and the fields of a pod that its variables may hold.

Each `*_problem` function gives None for a good text, else the reason in plain words.
"""

from __future__ import annotations

from kubetrial.lint.values import names, quantity

POD_FIELDS = (
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP",
    "status.hostIPs", "status.podIP", "status.podIPs",
)  # fmt: skip
"""The fields that a variable of a container can hold, besides single labels and annotations."""

CONTAINER_RESOURCES = tuple(
    f"{side}.{name}" for side in ("limits", "requests") for name in ("cpu", "memory", "ephemeral-storage")
)
"""The amounts that resourceFieldRef knows, besides those of huge pages."""

_UNITS = frozenset(("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"))
_ROOM = {"Ki": 11, "Mi": 8, "Gi": 5, "Ti": 2, "Pi": -1, "Ei": -1}  # digits that the server reads in its short way
_OTHER_POD_FIELDS = (
    "metadata.annotations",
    "metadata.labels",
    "spec.restartPolicy",
    "spec.schedulerName",
    "status.phase",
)


def relative_path_problem(text: str) -> str | None:
    """Why a text is no path inside a volume: subPath. Follows validateLocalDescendingPath."""
    if text.startswith("/"):
        return "it begins with '/'; the path is inside the volume and must be relative"
    return backsteps_problem(text)


def backsteps_problem(text: str) -> str | None:
    """Why a path may leave its volume. Follows validatePathNoBacksteps."""
    return "it has a '..' that leaves the volume" if ".." in text and ".." in text.split("/") else None


def name_or_prefix_problem(text: str) -> str | None:
    """The name of a ConfigMap or Secret in envFrom, where the server lets one '-' stand at the end."""
    return names.dns_subdomain(names.generate_name_base(text))


def subscripted(path: str) -> tuple[str, str] | None:
    """`metadata.labels['app']` as its two parts; None for a path without a key. Follows SplitMaybeSubscriptedPath."""
    if not path.endswith("']"):
        return None
    field, found, key = path[:-2].partition("['")
    return (field, key) if found and field else None


def pod_field_problem(path: str) -> tuple[str, bool] | None:
    """Why a variable cannot hold a field of the pod, and whether its key alone is at fault.

    The server names fieldRef in that case, and fieldPath in the others. Follows validateObjectFieldSelector.
    """
    parts = subscripted(path)
    if parts is None:
        if path in POD_FIELDS or path == "spec.host":
            return None
        if path in ("metadata.annotations", "metadata.labels"):
            return f"a variable holds one of them; write `{path}['KEY']`, or use a downwardAPI volume for all", False
        known = path in _OTHER_POD_FIELDS
        return (
            f"it {'cannot be given to variables' if known else 'is not known'}; supported: {', '.join(POD_FIELDS)}",
            False,
        )
    field, key = parts
    if field not in ("metadata.annotations", "metadata.labels"):
        return f"only metadata.labels and metadata.annotations have keys, {field} has none", False
    reason = names.qualified_name(key.lower() if field == "metadata.annotations" else key)
    return (f"the key `{key}`: {reason}", True) if reason else None


def is_container_resource(name: str) -> bool:
    """Whether resourceFieldRef knows the resource, such as `limits.cpu` or `requests.hugepages-2Mi`."""
    return name in CONTAINER_RESOURCES or name.startswith(("requests.hugepages-", "limits.hugepages-"))


def divisor_problem(resource: str, divisor: str | int | float) -> str | None:
    """Why an amount of this resource cannot be counted in such units. Follows validateContainerResourceDivisor."""
    if not quantity.parse(divisor) or not is_container_resource(resource):
        return None
    written = _as_server_keeps(divisor)
    if resource.endswith(".cpu"):
        return None if written in ("1", "1m") else "cpu is counted in `1` or `1m`"
    return (
        None
        if written in _UNITS
        else "it must be a single unit: `1`, `1k`, `1M`, `1G` and so on, or `1Ki`, `1Mi`, `1Gi` and so on"
    )


def _as_server_keeps(amount: str | int | float) -> str:
    """An amount as the server compares its text: in short form, or as written where it takes its short way of reading.

    So 1000m is 1 and 1024Mi is 1Gi, but 01Gi and +1 stay what they are. Follows ParseQuantity.
    """
    short = quantity.parse(amount).canonical()
    if not isinstance(amount, str):
        return short
    text = amount.strip()
    end = next((i for i, sign in enumerate(text) if sign not in "+-.0123456789"), len(text))
    whole, _, fraction = text[:end].lstrip("+-").partition(".")
    digits, unit = (whole.lstrip("0") or "0") + fraction, text[end:]
    if unit in _ROOM:
        as_written = not fraction and len(digits) <= _ROOM[unit] and bool(int(digits or "0") & 7)
    else:
        power = int(unit[1:]) if unit[:1] in ("e", "E") and unit != "E" else 0
        as_written = (
            len(digits) <= 18 and (power - len(fraction)) % 3 == 0 and not digits.endswith("000") and digits[:1] != "0"
        )
    return text if as_written else short
