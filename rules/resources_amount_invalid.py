"""An amount that cannot be handed out: a fraction of a device, or odd huge pages.

Resources of device plugins come in whole units. Huge pages come in whole pages of their size, and only together with
cpu or memory. The API server refuses the pod.

Write whole units (`example.com/gpu: 1`), a multiple of the page size (`hugepages-2Mi: 4Mi`), and cpu or memory beside
it.

See https://kubernetes.io/docs/tasks/manage-hugepages/scheduling-hugepages/
"""

from __future__ import annotations

from typing import Any

from kubetrial.lint.authoring import Category, Findings, ResourceRequirements, rule
from kubetrial.lint.values import quantity, resources

_SHARED = frozenset(("cpu", "memory", "ephemeral-storage"))


@rule(Category.REJECTED)
def check(requirements: ResourceRequirements) -> Findings:
    """Find amounts of devices and huge pages; follows validateResourceRequirements in pkg/apis/core/validation."""
    limits = requirements.value.get("limits") or {}
    requests = requirements.value.get("requests") or {}
    if (limits.keys() <= _SHARED and requests.keys() <= _SHARED) or requirements.of_pod:
        return
    for field, amounts in (("limits", limits), ("requests", requests)):
        for name, amount in amounts.items():
            if resources.is_huge_page(name):
                reason = _page_problem(name, amount)
            elif amount is not None and resources.is_counted(name) and not quantity.parse(amount).passes_as_whole:
                reason = "it comes in whole units"
            else:
                continue
            if reason:
                yield requirements[field][name].found(
                    f"`{name}: {'0' if amount is None else amount}`: {reason}", help=_instead(name, amount)
                )
    used = {*limits, *requests}
    if any(map(resources.is_huge_page, used)) and not used & {"cpu", "memory"}:
        yield requirements.found(
            "huge pages need cpu or memory beside them", help="add limits of cpu or memory", key=True
        )


def _instead(name: str, amount: Any) -> str:
    """The amounts nearest to the one that is written."""
    written = quantity.parse(0 if amount is None else amount)
    if not resources.is_huge_page(name):
        return f"write {written.value()}"  # rounded up, as the server counts
    try:
        page = quantity.parse(name.removeprefix("hugepages-"))
    except quantity.QuantityError:
        return "write the size of a page, such as hugepages-2Mi"
    size = page.value()
    if size <= 0:
        return "write the size of a page, such as hugepages-2Mi"
    pages = written.value() // size
    unit = next((unit for unit in ("Gi", "Mi", "Ki") if size % quantity.parse(f"1{unit}").value() == 0), "")
    each = size // quantity.parse(f"1{unit or ''}").value() if unit else size
    amounts = [f"{count * each}{unit}" for count in (pages, pages + 1) if count > 0]
    return f"write {' or '.join(amounts)}"


def _page_problem(name: str, amount: Any) -> str | None:
    """Why the amount is no number of pages; follows IsHugePageResourceValueDivisible."""
    try:
        page = quantity.parse(name.removeprefix("hugepages-"))
    except quantity.QuantityError as error:
        return f"its size is none: {error}"
    if page.unscaled <= 0 or not page.passes_as_whole:
        return "the size of a page is above zero and whole"
    if amount is not None and quantity.parse(amount).value() % page.value():
        return f"it must be a multiple of the page size, {page}"
    return None
