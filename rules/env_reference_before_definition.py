"""A `$(NAME)` of a variable that is defined only later in the list.

References in `env` are expanded from the top. One to a variable that comes later stays as it is: the program gets the
text `$(NAME)` itself.

Move the variable above the one that uses it.

See https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
"""

from __future__ import annotations

import re

from kubetrial.lint.authoring import Category, Container, Findings, rule
from kubetrial.lint.objects.peers import written
from kubetrial.lint.values.pattern import pattern

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_.-][\w.-]*)\)")

_OF_SERVICES = pattern(r"_SERVICE_HOST$|_PORT(?:_|$)")


@rule(Category.RISKY, needs=("env",))
def check(container: Container) -> Findings:
    """Follows makeEnvironmentVariables in pkg/kubelet: what is defined below is not known yet."""
    if "$(" not in written(container):
        return
    variables = list(container["env"].items())
    places = {v.get("name"): n for n, v in reversed(list(enumerate(variables)))}
    if container.get("envFrom"):
        return  # it may define the name first
    for number, variable in enumerate(variables):
        value = variable.get("value")
        for match in _REFERENCE.finditer(value) if isinstance(value, str) else ():
            later = places.get(match.group(1), -1)
            if match.group(1) is None or later < number:  # `$$` names nothing, nor does a variable without a name
                continue
            itself = later == number
            if itself and _OF_SERVICES.search(match.group(1)):
                continue  # the kubelet may know it from a Service
            yield variable["value"].found(
                f"$({match.group(1)}) stands in the value of {variable.get('name')} itself, and nothing above defines it"
                if itself
                else f"$({match.group(1)}) is defined only below {variable.get('name')}",
                consequence=f"the program gets the text $({match.group(1)}) itself",
                help="write the whole value: variables of the image are not known here"
                if itself
                else f"move {match.group(1)} above {variable.get('name')}",
                related=() if itself else (("its definition", variables[later]["name"]),),
            )
            break
