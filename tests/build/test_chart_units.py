"""Units of charts are judged each by itself, and what several sets of values lead to is said once."""

from __future__ import annotations

from typing import Any

from kubetrial.lint.build.division import Division
from kubetrial.lint.build.origin import BuildProblem, Origin, Unit, Unknown
from kubetrial.lint.build.said_once import merged
from kubetrial.lint.engine import Checked, check_texts
from kubetrial.lint.finding import Position, Range

PLACE = Range(Position(3, 5), Position(3, 9))


class Made:
    """An object whose every value stands at one place of a template, with a line of the values beside it."""

    def __init__(self, value: dict[str, Any], file: str = "shop/templates/web.yaml") -> None:
        self.value = value
        self.place = Origin(file, PLACE, via=(Origin("shop/values.yaml", PLACE, role="the value"),))

    def origin(self, path: tuple[str | int, ...]) -> tuple[Origin, bool]:
        return self.place, True


def service(name: str, **spec: Any) -> Made:
    return Made({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec})


PORTS = [{"port": 80}]


def chart(variant: str, *objects: Made, **more: Any) -> Unit:
    name = f"shop ({variant})" if variant else "shop"
    return Unit("chart", f"shop/{variant or 'Chart.yaml'}", name, objects, variant=variant, **more)


def checked(*units: Unit) -> tuple[Checked, list[str]]:
    division = Division(units)
    result = check_texts([], division=division)
    return result, [f"{f.rule}: {f.message}" for f in merged(result.findings, division, None)]


def test_one_name_in_two_sets_of_values_is_no_object_twice() -> None:
    result, said = checked(
        chart("", service("web", ports=PORTS)), chart("ci/a-values.yaml", service("web", ports=[{"port": 81}]))
    )
    assert said == []
    assert len(result.documents) == 2


def test_one_name_twice_in_one_set_is() -> None:
    _, said = checked(chart("", service("web", ports=PORTS), service("web", ports=[{"port": 81}])))
    assert any("object-twice" in one for one in said)


def test_what_every_set_leads_to_is_said_once_and_plainly() -> None:
    wrong = service("web", ports=PORTS, colour="red")
    _, said = checked(chart("", wrong), chart("ci/a-values.yaml", wrong))
    assert len(said) == 1
    assert "ci/" not in said[0]


def test_what_only_some_values_lead_to_names_them() -> None:
    wrong = service("web", ports=PORTS, colour="red")
    _, said = checked(chart("", service("web", ports=PORTS)), chart("ci/a-values.yaml", wrong))
    assert [one.rpartition(" (")[2] for one in said] == ["with ci/a-values.yaml)"]


def test_a_place_writes_one_field_of_many_objects() -> None:
    both = (service("web", ports=PORTS, colour="red"), service("shop", ports=PORTS, colour="red"))
    assert len(checked(chart("", *both))[1]) == 1


def test_a_given_values_file_is_told_of_what_it_leads_to_elsewhere() -> None:
    division = Division((chart("", service("web", ports=PORTS, colour="red")),))
    findings = check_texts([], division=division).findings
    assert len(merged(findings, division, {"shop/values.yaml"})) == 1
    assert len(merged(findings, division, {"shop/templates/web.yaml"})) == 1
    assert merged(findings, division, {"shop/templates/other.yaml"}) == []


def test_what_is_missing_is_noted_once_and_nothing_is_concluded() -> None:
    gone = (Unknown("the dependency redis is not in charts/", Origin("shop/Chart.yaml", PLACE)),)
    lost = Made(
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": {"name": "web"},
            "spec": {"defaultBackend": {"service": {"name": "shop-redis", "port": {"number": 80}}}},
        }
    )
    result, said = checked(chart("", lost, unknown=gone), chart("ci/a-values.yaml", lost, unknown=gone))
    assert said == []
    assert len([note for note in result.notes if "redis" in note]) == 1


def test_a_chart_that_helm_refuses_is_a_finding_at_its_line() -> None:
    problem = BuildProblem("yaml-syntax", "no YAML", Origin("shop/templates/web.yaml", PLACE))
    division = Division((chart("", problems=(problem,)), chart("ci/a-values.yaml", problems=(problem,))))
    (finding,) = merged(check_texts([], division=division).findings, division, None)
    assert (finding.file, finding.range, finding.object.kind) == ("shop/templates/web.yaml", PLACE, "Chart")
    assert "helm refuses" in finding.consequence
