"""A CEL expression that does not compile.

Conditions of webhooks, the expressions of admission policies and the selectors of devices are compiled when the object is created.
A syntax error, a name that is not declared in this place, or a type that does not fit, and the API server refuses the object.

The message names what is wrong and the column. Which names there are depends on the place: `params` needs a `paramKind`,
`variables` needs `variables`, and messageExpression has no `authorizer`.

See https://kubernetes.io/docs/reference/using-api/cel/
"""

from __future__ import annotations

from kubetrial.lint.authoring import (
    Category,
    CelDeviceSelector,
    Cluster,
    Findings,
    MatchCondition,
    MutatingAdmissionPolicy,
    Node,
    ValidatingAdmissionPolicy,
    rule,
)
from kubetrial.lint.values import cel

WANTED = {"jsonPatch": cel.WANTED_PATCH, "applyConfiguration": cel.WANTED_OBJECT}
PARTS = {"JSONPatch": "jsonPatch", "ApplyConfiguration": "applyConfiguration"}
MAX_DEVICE = 10240
MAX_AUDIT = 5120


@rule(Category.REJECTED)
def check(
    subject: MatchCondition | ValidatingAdmissionPolicy | MutatingAdmissionPolicy | CelDeviceSelector, cluster: Cluster
) -> Findings:
    """Compile expressions; follows validateCELCondition (pkg/apis/admissionregistration) and validateCELExpression (pkg/apis/resource)."""
    minor = cluster.minor
    if isinstance(subject, MatchCondition):
        params = subject.root.at("spec", "paramKind").present
        yield from _compiled(subject["expression"], cel.requests(minor, params=params), cel.WANTED_CONDITION, trim=True)
    elif isinstance(subject, CelDeviceSelector):
        node = subject["expression"]
        if node.value is not None and len(node.value.encode("utf-8", "surrogatepass")) <= MAX_DEVICE:
            yield from _compiled(node, cel.device(minor), cel.WANTED_DEVICE, blank_is_missing=False)
    elif subject["spec"].present:
        yield from _Policy(subject, minor).findings()


def _compiled(
    node: Node,
    environment: cel.Environment,
    wanted: tuple[cel.CelType, ...],
    *,
    trim: bool = False,
    blank_is_missing: bool = True,
) -> Findings:
    """A finding where an expression does not compile; "" is said to be missing elsewhere."""
    text = node.value
    if text.__class__ is not str or not text:
        return
    if not text.strip() and blank_is_missing:
        yield node.found("the expression has nothing but blanks", help="write an expression, or remove its entry")
        return
    text = text.strip() if trim else text
    try:
        cel.compiled(text, environment, wanted)
    except cel.CelError as error:
        yield node.found(f"the expression does not compile: {cel.text_problem(text, error)}", help=cel.help_for(error))


class _Policy:
    """The expressions of a policy, in the server's order: each variable may use those before it."""

    def __init__(self, policy: ValidatingAdmissionPolicy | MutatingAdmissionPolicy, minor: int) -> None:
        self.spec = policy["spec"]
        self.minor = minor
        self.mutates = isinstance(policy, MutatingAdmissionPolicy)
        self.params = self.spec.get("paramKind") is not None
        composes = self.mutates or bool(self.spec.get("variables"))
        self.variables: dict[str, cel.CelType] | None = {} if composes else None

    def environment(self, *, authorizer: bool = True, patches: bool = False) -> cel.Environment:
        return cel.requests(
            self.minor, params=self.params, authorizer=authorizer, variables=self.variables, patches=patches
        )

    def findings(self) -> Findings:
        for variable in self.spec["variables"].items():
            yield from self.variable(variable)
        if self.mutates:
            for mutation in self.spec["mutations"].items():
                yield from self.mutation(mutation)
            return
        for validation in self.spec["validations"].items():
            if not validation.get("expression"):
                continue
            yield from _compiled(validation["expression"], self.environment(), cel.WANTED_CONDITION)
            yield from _compiled(validation["messageExpression"], self.environment(authorizer=False), cel.WANTED_TEXT)
        for annotation in self.spec["auditAnnotations"].items():
            node = annotation["valueExpression"]
            size = len(str(node.value or "").strip().encode("utf-8", "surrogatepass"))
            if size > MAX_AUDIT:
                yield node.found(
                    f"the expression has {size} bytes; at most {MAX_AUDIT} are allowed",
                    help="shorten it, or divide it into several annotations",
                )
            else:
                yield from _compiled(node, self.environment(), cel.WANTED_TEXT_OR_NULL, trim=True)

    def variable(self, node: Node) -> Findings:
        name, text = node.get("name", ""), node.get("expression", "")
        if name and not cel.is_identifier(name):
            yield node["name"].found(
                f"the variable's name `{name}` is no name in CEL",
                help="use letters, digits and '_', and no word that CEL keeps for itself",
            )
        yield from _compiled(node["expression"], self.environment(), ())
        if self.variables is not None and text.strip():
            self.variables[name] = self.type_of(text)

    def type_of(self, text: str) -> cel.CelType:
        try:
            outcome = cel.compiled(text, self.environment())
        except cel.CelError:
            return cel.DYN
        return cel.DYN if outcome is None else cel.composed(outcome.type)

    def mutation(self, node: Node) -> Findings:
        part = PARTS.get(node.get("patchType", ""), "")
        expression = node[part]["expression"]
        if part and node[part].present and not expression.value:
            yield expression.found(f"`{part}` has no expression", help="write one", key=True)
        elif part:
            yield from _compiled(expression, self.environment(patches=True), WANTED[part], trim=True)
