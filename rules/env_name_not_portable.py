"""The name of a variable has signs that this version of Kubernetes does not allow.

Before 1.32 a name has letters, digits, `_`, `-` and `.`, and does not begin with a digit. The API server refuses
other names; later versions take any printable sign but `=`.

Write the name in capital letters, digits and `_`; shells know no other.

See https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, EnvFromSource, EnvVar, Findings, rule
from kubetrial.lint.values import names


@rule(Category.REJECTED, until=31)
def check(variable: EnvVar | EnvFromSource) -> Findings:
    """Find names that only later versions take."""
    field = "name" if isinstance(variable, EnvVar) else "prefix"
    name = variable.value.get(field)
    if name and names.env_var_name(name) is None:
        reason = names.env_var_name_strict(name)
        if reason:
            yield variable[field].found(
                f"the {field} is `{name}`: {reason}", help="write it in capital letters, digits and `_`"
            )
