"""A variable is set twice in one container, and the second value hides the first.

The last one wins. `kubectl apply` merges the list by name and may drop one of the two, so an update can change the
value. The API server accepts this with a warning, unless the second value refers to the first as `$(NAME)`.

Keep one of the two.

See https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Container, Findings, rule


@rule(Category.RISKY, needs=("env",))
def check(container: Container) -> Findings:
    """Find variables that hide others; follows warningsForPodSpecAndMeta in pkg/api/pod."""
    variables = container.value.get("env")
    if not variables or len(variables) < 2:
        return
    if len({variable["name"] for variable in variables if variable and "name" in variable}) == len(variables):
        return
    seen: dict[str, int] = {}
    for index, variable in enumerate(variables):
        name = (variable or {}).get("name") or ""
        first = seen.setdefault(name, index)
        if first == index or not name:
            continue
        value, reference = variable.get("value") or "", f"$({name})"
        if variable.get("valueFrom") is None and reference in value and value != reference:
            continue
        env = container["env"]
        yield env[index]["name"].found(
            f"`{name}` is set twice in `{container.name}`; this value hides the first one",
            help="keep one of the two",
            consequence="the last one wins; `kubectl apply` may drop one of them, and the other value appears",
            related=((f"the first `{name}`", env[first]["name"]),),
        )
