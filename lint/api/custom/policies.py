"""What the ValidatingAdmissionPolicies of a set say about its objects, were each created now.

Follows apiserver/pkg/admission/plugin/policy/validating. Whatever depends on a cluster (users, parameters that are not in the set,
namespaces whose labels are not known) leaves the question open, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from kubetrial.lint.api import defaults
from kubetrial.lint.api.walk import Catalogue
from kubetrial.lint.facts import selectors
from kubetrial.lint.objects.cluster import Cluster
from kubetrial.lint.objects.views import Object, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding
from kubetrial.lint.values.cel import evaluator as cel_evaluator
from kubetrial.lint.values.cel.evaluator import EvaluationError
from kubetrial.lint.values.records import dataclass

_NAMES = ("object", "oldObject", "request", "namespaceObject", "params", "variables", "authorizer")
_OWN_GROUP = "admissionregistration.k8s.io"

MOST_JUDGED = 20_000
"""So many pairs of an object and a binding are evaluated; more would take longer than anybody waits."""


class _Open(Exception):
    """A question that only a cluster can answer."""


@dataclass(frozen=True, slots=True)
class PolicyViolation:
    """An object, the policy and binding that judge it, which of the policy's validations it fails, and what the policy says."""

    object: Object
    policy: ValidatingAdmissionPolicy
    binding: ValidatingAdmissionPolicyBinding
    validation: int
    message: str

    @property
    def actions(self) -> tuple[str, ...]:
        """Deny, Warn, Audit: what the binding asks for."""
        return tuple(str(action) for action in self.binding["spec"].get("validationActions", ()))


def violations(cluster: Cluster) -> Iterator[PolicyViolation]:
    """Every validation that an object of the set certainly fails, under every binding of its policy."""
    bindings: dict[str, list[ValidatingAdmissionPolicyBinding]] = {}
    for binding in cluster.all(ValidatingAdmissionPolicyBinding):
        bindings.setdefault(str(binding["spec"].get("policyName", "")), []).append(binding)
    if not bindings:
        return
    requests = _Requests(cluster)
    judged = 0
    for policy in cluster.all(ValidatingAdmissionPolicy):
        chosen = requests.of(policy["spec"]["matchConstraints"].get("resourceRules"))
        for binding in bindings.get(policy.name, ()):
            here = chosen[: max(MOST_JUDGED - judged, 0)]
            judged += len(here)
            if len(here) < len(chosen):
                cluster.leave("object that a policy judges, beyond what a check evaluates", len(chosen) - len(here))
            for request in here:
                yield from _judged(request, policy, binding)


class _Requests:
    """The creations of the objects that are reported, by their resource: a policy looks only at those that its rules may choose."""

    def __init__(self, cluster: Cluster) -> None:
        catalogue, plurals = Catalogue(cluster.minor), _plurals(cluster)
        self._all = [
            _Request(obj, cluster, catalogue, plurals)
            for obj in cluster.objects
            if cluster.is_reported(obj) and obj.group != _OWN_GROUP
        ]
        self._by_resource: dict[tuple[str, str], list[tuple[int, _Request]]] = {}
        for number, request in enumerate(self._all):
            self._by_resource.setdefault((request.obj.group, request.resource), []).append((number, request))

    def of(self, rules: Any) -> list[_Request]:
        """The requests that some resource rules may choose, in their order; all where the rules cannot be read."""
        wanted: set[tuple[str, str]] = set()
        for rule in rules if rules.__class__ is list else (None,):
            groups, resources = (
                (rule.get("apiGroups"), rule.get("resources")) if rule.__class__ is dict else (None, None)
            )
            if groups.__class__ is not list or resources.__class__ is not list:
                return self._all
            if "*" in groups or any("*" in str(word) for word in resources):
                wanted.update(
                    (group, resource)
                    for group, resource in self._by_resource
                    if ("*" in groups or group in groups) and any(_names(word, resource) for word in resources)
                )
            else:
                wanted.update((str(group), str(word)) for group in groups for word in resources)
        return [request for _, request in sorted(self._found(wanted), key=lambda one: one[0])]

    def _found(self, wanted: set[tuple[str, str]]) -> Iterator[tuple[int, _Request]]:
        for key in wanted:
            yield from self._by_resource.get(key, ())


def _names(word: Any, resource: str) -> bool:
    """Whether a word of a rule's resources means a resource."""
    return word == "*/*" or fnmatchcase(resource, str(word))


class _Request:
    """The creation of one object, as policies see it."""

    def __init__(
        self, obj: Object, cluster: Cluster, catalogue: Catalogue, plurals: Mapping[tuple[str, str], str]
    ) -> None:
        self.obj = obj
        self.cluster = cluster
        self.resource = plurals.get((obj.group, obj.kind)) or plural(obj.kind)
        known = catalogue.kind(obj.api_version, obj.kind)
        self.namespaced = bool(known["namespaced"]) if known is not None else bool(obj.namespace)
        self._values: list[Any] | None = None

    def values(self) -> list[Any]:
        """The object as CEL sees it: as it is written, and with the defaults that are known of its kind."""
        if self._values is None:
            self._values = _as_stored(self.obj, cel_evaluator.plain(self.obj.value))
        return self._values

    def namespace(self) -> Object:
        """The Namespace of the object; raises _Open where the set does not have it."""
        found = self.cluster.get("", "Namespace", "", self.obj.namespace) if self.obj.namespace else None
        if found is None:
            raise _Open
        return found

    def is_matched(self, constraints: Mapping[str, Any]) -> bool:
        """Whether matchConstraints or matchResources choose it; raises _Open."""
        rules = constraints.get("resourceRules")
        if rules is not None and not any(self._fits(rule or {}) for rule in rules):
            return False
        if any(self._fits(rule or {}) for rule in constraints.get("excludeResourceRules") or ()):
            return False
        if not selectors.matches(constraints.get("objectSelector") or {}, self.obj.labels):
            return False
        wanted = constraints.get("namespaceSelector")
        if not wanted or not any(wanted.values()):
            return True
        if self.obj.kind == "Namespace" and not self.obj.group:
            return selectors.matches(wanted, self.obj.labels)
        if not self.namespaced:
            return True
        home = self.namespace()
        labels = {**home.labels, "kubernetes.io/metadata.name": home.name}
        return selectors.matches(wanted, labels)

    def _fits(self, rule: Mapping[str, Any]) -> bool:
        def among(words: Any, word: str) -> bool:
            return "*" in (words or ()) or word in (words or ())

        names = rule.get("resourceNames")
        scope = rule.get("scope") or "*"
        return (
            among(rule.get("operations"), "CREATE")
            and among(rule.get("apiGroups"), self.obj.group)
            and any(_names(word, self.resource) for word in rule.get("resources") or ())
            and (not names or self.obj.name in names)
            and (scope == "*" or (scope == "Namespaced") == self.namespaced)
        )

    def variables(self, value: Any, params: Any) -> dict[str, Any]:
        """What expressions read; what is not known here raises when it is read."""
        group, _, version = self.obj.api_version.rpartition("/")
        kind = {"group": group, "version": version, "kind": self.obj.kind}
        resource = {"group": group, "version": version, "resource": self.resource}
        request = {
            "operation": "CREATE", "kind": kind, "requestKind": kind, "resource": resource, "requestResource": resource,
            "subResource": "", "requestSubResource": "", "name": self.obj.name, "dryRun": False,
        }  # fmt: skip
        if self.obj.namespace or not self.namespaced:
            request["namespace"] = self.obj.namespace
        return {
            "object": value,
            "oldObject": None,
            "request": request,
            "namespaceObject": self._namespace_object if self.namespaced else None,
            "params": params,
        }

    def _namespace_object(self) -> Any:
        try:
            return cel_evaluator.plain(self.namespace().value)
        except _Open:
            raise EvaluationError("the Namespace is not in the set") from None


def _judged(
    request: _Request, policy: ValidatingAdmissionPolicy, binding: ValidatingAdmissionPolicyBinding
) -> Iterator[PolicyViolation]:
    spec = policy["spec"].mapping()
    try:
        if not request.is_matched(spec.get("matchConstraints") or {}):
            return
        if not request.is_matched(binding["spec"].get("matchResources", {})):
            return
        params = _params(request, spec, binding)
    except (_Open, AttributeError, TypeError, ValueError, KeyError):
        return  # open, or so malformed that the policy itself is refused
    readings = [_with_variables(request.variables(value, params), spec) for value in request.values()]
    for condition in spec.get("matchConditions") or ():
        if any(_value(condition, "expression", scope) is not True for scope in readings):
            return
    for number, validation in enumerate(spec.get("validations") or ()):
        # With and without the defaults of the API server: only what fails in both is certain.
        if all(_value(validation, "expression", scope) is False for scope in readings):
            said = _value(validation, "messageExpression", readings[-1])
            message = said if isinstance(said, str) and said.strip() else validation.get("message")
            yield PolicyViolation(
                request.obj, policy, binding, number, str(message or f"failed: {validation['expression'].strip()}")
            )


def _as_stored(obj: Object, written: Any) -> list[Any]:
    """The object as it is written, and with the defaults that are known of its kind."""
    if written.get("spec").__class__ is not dict:
        return [written]
    try:
        return [written, {**written, "spec": cel_evaluator.plain(defaults.spec(obj.kind, written["spec"]))}]
    except (KeyError, TypeError, ValueError, AttributeError):
        return [written]


def _params(request: _Request, spec: Mapping[str, Any], binding: ValidatingAdmissionPolicyBinding) -> Any:
    kind, ref = spec.get("paramKind"), binding["spec"].get("paramRef")
    if kind is None or ref is None:
        return None
    group = str(kind["apiVersion"]).rpartition("/")[0]
    namespace = ref.get("namespace") or request.obj.namespace
    found = request.cluster.get(group, str(kind["kind"]), namespace, ref["name"])
    if found is None:
        raise _Open
    return cel_evaluator.plain(found.value)


def _with_variables(scope: dict[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    """The scope with the policy's variables, each worked out when it is first read."""
    made: dict[str, Any] = {}
    scope["variables"] = made
    for variable in spec.get("variables") or ():
        made[str(variable.get("name"))] = _later(variable, made, scope)
    return scope


def _later(variable: Mapping[str, Any], made: dict[str, Any], scope: dict[str, Any]) -> Callable[[], Any]:
    def work() -> Any:
        name = str(variable.get("name"))
        found = _value(variable, "expression", scope)
        made[name] = found
        if isinstance(found, EvaluationError):
            raise found
        return found

    return work


_PROGRAMS: dict[str, Callable[[Mapping[str, Any]], Any] | EvaluationError] = {}
_MOST_PROGRAMS = 1_000


def _value(holder: Mapping[str, Any], key: str, scope: Mapping[str, Any]) -> Any:
    """What an expression gives; an EvaluationError where it gives none."""
    text = str(holder.get(key) or "")
    if text not in _PROGRAMS:
        if len(_PROGRAMS) >= _MOST_PROGRAMS:
            _PROGRAMS.clear()  # of a process that lives long
        try:
            _PROGRAMS[text] = cel_evaluator.program(text, _NAMES)
        except cel_evaluator.Unusable as error:
            _PROGRAMS[text] = EvaluationError(str(error))
    program = _PROGRAMS[text]
    if isinstance(program, EvaluationError):
        return program
    try:
        return program(scope)
    except EvaluationError as error:
        return error


def _plurals(cluster: Cluster) -> dict[tuple[str, str], str]:
    """(group, kind) -> resource of the custom kinds that the set defines."""
    found = {}
    for crd in cluster.kind("apiextensions.k8s.io", "CustomResourceDefinition"):
        names = crd["spec"]["names"]
        found[str(crd["spec"].get("group", "")), str(names.get("kind", ""))] = str(names.get("plural", ""))
    return found


def plural(kind: str) -> str:
    """The resource of a kind, as all built-in ones are called: deployments, networkpolicies, ingresses, endpoints."""
    word = kind.lower()
    if word == "endpoints":
        return word
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"
