"""An Ingress backend that names no target, or more than one.

A backend is either a Service with one port (by name or by number) or another resource. The API server refuses a
backend with both, with neither, with no port, or with a port given twice.

Write `service: {name: web, port: {number: 80}}`, or `port: {name: http}`, or a `resource`. The old `serviceName` and
`servicePort` went with networking.k8s.io/v1beta1.

See https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-rules
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, IngressBackend, rule
from kubetrial.lint.values import names

_EXAMPLE = "write `service: {name: web, port: {number: 80}}`"


@rule(Category.REJECTED)
def check(backend: IngressBackend) -> Findings:
    """Find unclear targets; follows validateIngressBackend in pkg/apis/networking/validation."""
    values = backend.mapping()
    service, resource = values.get("service"), values.get("resource")
    if service is not None and resource is None:
        port = service.get("port") or {}
        name, number = port.get("name"), port.get("number")
        node = backend["service"]["port"]
        if name and number:
            yield node["name"].found(
                f"the port is given twice, as name `{name}` and as number {number}",
                help="keep one of the two",
                path=backend.path,
            )
        elif name:
            if reason := names.port_name(name):
                yield node["name"].found(
                    f"the port's name is `{name}`: {reason}", help="write the name that the Service gives the port"
                )
        elif number:
            if not 1 <= number <= 65535:
                yield node["number"].found(
                    f"the port's number is {number}; it must be from 1 to 65535", help="write a number from 1 to 65535"
                )
        else:
            yield node.found(
                "the backend's Service has no port",
                help="add `port: {number: 80}` or `port: {name: http}`",
                path=backend.path,
            )
    elif service is not None:
        yield backend["resource"].found(
            "a backend is a Service or a resource, not both", help="keep one", key=True, path=backend.path
        )
    elif resource is None:
        yield backend.found("this backend names neither a Service nor a resource", help=_EXAMPLE, key=True)
