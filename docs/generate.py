"""Writes the generated pages of docs/ (rules, migration, validation) from rules, fixtures and tables: `python docs/generate.py`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib  # type: ignore[import-not-found,no-redef]

from kubetrial.lint.api import dropped
from kubetrial.lint.api.walk import Catalogue
from kubetrial.lint.command import explain
from kubetrial.lint.facts import kinds
from kubetrial.lint.finding import Category
from kubetrial.lint.rule import Entry, index
from kubetrial.lint.settings import migration
from kubetrial.schemas.minors import NEWEST

ROOT = Path(__file__).resolve().parent.parent
MARK = re.compile(r"\s*# expect(-next)?:.*$", re.M)
NOTE = re.compile(r"^# assume:.*\n", re.M)


def documents(name: str) -> list[str]:
    """The documents of a rule's fixture, marks included."""
    fixture = ROOT / "tests" / "rules" / f"{name.replace('-', '_')}.yaml"
    if not fixture.exists():
        return []  # what no manifest can show, such as a file that cannot be read
    text = fixture.read_text(encoding="utf-8")
    parts = re.split(r"^---[^\n]*\n", NOTE.sub("", text), flags=re.M)
    return [part for part in parts if re.search(r"^\s*[^#\s]", part, re.M)]


def clean(document: str) -> str:
    """A document as a reader should see it: without marks and without the comment above it."""
    return MARK.sub("", document).strip("\n") + "\n"


def page(entry: Entry) -> str:
    """A manual page: the docstring, then the first flagged and the first clean document."""
    found = documents(entry.name)
    flagged = next((d for d in found if re.search(rf"# expect(-next)?:.*\b{re.escape(entry.name)}\b", d)), None)
    fine = next((d for d in found if not MARK.search(d)), None)
    text = explain.markdown(entry)
    if flagged:
        text += f"\n## Flagged\n\n```yaml\n{clean(flagged)}```\n"
    if fine:
        text += f"\n## Clean\n\n```yaml\n{clean(fine)}```\n"
    return text


def migration_page() -> str:
    """What the checks of other linters are called here."""
    lines = [
        "# Coming from another linter",
        "",
        "Generated from schemas/migration.toml. `kubetrial explain kube-linter:dangling-service` answers with our manual page.",
        "",
        "With `--honour-foreign-ignores` (or `honour-foreign-ignores = true` in the configuration) their annotations silence our rules of",
        "the same meaning, on the object or on its pod template: `ignore-check.kube-linter.io/<check>`, `kube-linter.io/ignore-all`,",
        "`kube-score/ignore`, `checkov.io/skip<N>`, `polaris.fairwinds.com/<check>-exempt` and `polaris.fairwinds.com/exempt`.",
        "What the API server refuses is reported all the same.",
        "",
        "Rules of the categories security and advice run with `--select rejected,broken,risky,security,advice` (or `all`).",
    ]
    for linter, checks in migration.table().items():
        lines += ["", f"## {linter}", "", "| check | here |", "| --- | --- |"]
        for check, answer in checks.items():
            names = [] if isinstance(answer, str) else [f"[{rule}](rules/{rule}.md)" for rule in answer]
            lines.append(f"| `{check}` | {', '.join(names) or f'not here, because {answer}'} |")
    return "\n".join(lines) + "\n"


VALIDATION = f"""# What is validated

Generated from the catalogue of types (`schemas/catalogue/`) and the rules of category `rejected`. Everything here is what
kube-apiserver 1.{NEWEST} does when an object is created; `--kubernetes-version` chooses an earlier minor.

Of every field of every kind its name, its type and its minors are known. Fields with a check of their own are listed by type
below, with the words of `schemas/constraints/*.toml`; what spans fields is a rule.

## Where kubectl and the server differ

Files are read as kubectl reads them (create and apply, whatever the age of the cluster), for that is what people run:

- A key that stands twice is accepted by kubectl: the last one wins and nothing is said, so the finding is of category `broken`. kustomize,
  and a server that is sent the YAML itself, refuse the document.
- A key beside `<<` that the merged mapping has too is no duplicate; `<<` overrides what stands above it.
- A line that begins with `---` and goes on with anything but a comment, a `%YAML` line, and a document without kind among objects stop
  kubectl; a list of one kind (`ConfigMapList`) gives its items their kind.
- What begins with a brace is JSON. Up to 1.32 kubectl refuses such a file where it is no strict JSON, or goes on as YAML; from 1.33 it
  reads the rest as YAML. Both are told as errors.

## Custom resources

A custom resource is judged by the CustomResourceDefinition of its kind, in the set or in a folder of `--schema-dir`: unknown fields,
defaults, types, enums, bounds, patterns and formats as Go reads them, forms of `oneOf` and the like, duplicates in sets and lists of
type map, resources in resources, the name, the replicas of a scale subresource, and the rules in CEL
(`x-kubernetes-validations`, with their `messageExpression` and `fieldPath`). A rule about changes (`oldSelf`) is not asked of a new
object. What only the server can work out is not said but counted: what a rule says of a name that is made up from `generateName`,
numbers without sign, digits after the point in `format()`, and what an evaluation costs.

What a rule in a definition can cost at most is estimated as the server does it, before the definition is taken.
"""


def validation_pages() -> dict[str, str]:
    """What is checked of each kind, from the catalogue and the rules: an overview, and a page for each API group."""
    catalogue = Catalogue(NEWEST)
    entries = {
        name: e for name, e in index().items() if e.category is Category.REJECTED and e.since <= NEWEST <= e.until
    }
    rows, reached = _kind_rows(catalogue, entries)
    lines = [VALIDATION, "## Rules for every object", ""]
    lines += [_link(e) for e in entries.values() if "object" in e.visits or "meta.v1.ObjectMeta" in e.visits]
    lines += [
        "",
        "## Kinds",
        "",
        "Fields count those of all types inside of a kind, each type once. The pages behind the versions list types,",
    ]
    lines += [
        "fields and their checks.",
        "",
        "| apiVersion | kind | fields | with checks | rules |",
        "| --- | --- | ---: | ---: | ---: |",
        *rows,
    ]
    made = {"validation.md": "\n".join(lines) + "\n"}
    groups: dict[str, list[str]] = {}
    for name in sorted(reached):
        groups.setdefault(name.partition(".")[0], []).extend(_type_section(name, catalogue, entries))
    for group, sections in groups.items():
        if sections:
            head = [
                f"# What is validated: {group}",
                "",
                "Generated; [the overview](../validation.md) says how to read it.",
            ]
            made[f"validation/{group}.md"] = "\n".join([*head, *sections]) + "\n"
    return made


def rules_by_kind_page() -> str:
    """The rules under the kinds that they are about, in the order in which people look for them."""
    entries = index()
    lines = [
        "# Rules by kind",
        "",
        "Generated from the rules; `kubetrial rules --kind Ingress` asks the same at the prompt. Kinds that run pods have those",
        "of pods and containers besides. Under each kind: what is refused, what cannot work, what breaks on a bad day, security,",
        "advice.",
    ]
    order = [category.value for category in Category]
    for kind in KINDS:
        found = explain.narrowed(entries, kind, None, ())
        if kind in kinds.GROUPS and kind != "Pod":
            found = {name: e for name, e in found.items() if name not in explain.narrowed(entries, "Pod", None, ())}
        if not found:
            continue
        lines += ["", f"## {kind}", "", "| rule | category | finds |", "| --- | --- | --- |"]
        for e in sorted(found.values(), key=lambda e: (order.index(e.category.value), e.name)):
            lines.append(f"| [{e.name}](rules/{e.name}.md) | {e.category.value} | {e.summary} |")
    return "\n".join(lines) + "\n"


KINDS = (
    "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod", "Service", "Ingress", "Gateway", "HTTPRoute", "NetworkPolicy",
    "HorizontalPodAutoscaler", "PodDisruptionBudget", "ConfigMap", "Secret", "PersistentVolumeClaim", "PersistentVolume",
    "StorageClass", "ServiceAccount", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding", "Namespace", "ResourceQuota",
    "LimitRange", "PriorityClass", "RuntimeClass", "CustomResourceDefinition", "ValidatingAdmissionPolicy",
    "ValidatingWebhookConfiguration", "EndpointSlice", "ServiceMonitor", "ResourceClaim", "DeviceClass", "Node",
)  # fmt: skip
"""The kinds that people look rules up by."""

PEERS = ("ruff", "kube-linter", "kubeconform", "kube-score", "checkov", "monokle", "trivy")


def features() -> list[dict[str, Any]]:
    """The groups of docs/features.toml."""
    groups: list[dict[str, Any]] = tomllib.loads((ROOT / "docs" / "features.toml").read_text(encoding="utf-8"))["group"]
    return groups


def features_page() -> str:
    """What kubetrial and its peers can do, beside one another."""
    lines = [
        "# Beside other linters",
        "",
        "Generated from docs/features.toml; a test looks up what stands in the column of kubetrial. The others are as their",
        "documentation and runs of them show (kube-linter 0.8, kubeconform 0.8, kube-score 1.20, checkov 3.3, monokle 0.33,",
        "trivy; ruff, a linter for Python, for its manners). [What they look for](peers.md) and",
        "[what they find](side-by-side.md) have pages of their own.",
    ]
    for group in features():
        lines += [
            "",
            f"## {group['name']}",
            "",
            f"| | kubetrial | {' | '.join(PEERS)} |",
            "| --- |" + " --- |" * (len(PEERS) + 1),
        ]
        for row in group["row"]:
            here = f"`{row['here']}`" if "here" in row else f"no: {row['not-here']}"
            lines.append(
                f"| {row['what']} | {here} | {' | '.join('yes' if peer in row['peers'] else '' for peer in PEERS)} |"
            )
    return "\n".join(lines) + "\n"


PICTURES = {"pictures/check.svg": "check examples/wrong/job.yaml --output-format full --isolated --closed-world"}
"""Picture -> the command that it shows; options of the tests are left out of its title."""


def pictures() -> dict[str, str]:
    """What the command prints, as pictures of a terminal."""
    import contextlib
    import importlib.util
    import io
    import os

    from kubetrial.lint.command import cli

    spec = importlib.util.spec_from_file_location("terminal", ROOT / "docs" / "terminal.py")
    assert spec is not None and spec.loader is not None  # noqa: PT018
    terminal = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(terminal)
    made, before = {}, os.getcwd()
    os.chdir(ROOT)
    try:
        for name, command in PICTURES.items():
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                cli.main([*command.split(), "--color", "always"])
            # Where the command decides by the terminal whether it writes a report to a stream of bytes, it writes texts here.
            shown = command.replace(" --output-format full --isolated --closed-world", "")
            made[name] = terminal.svg(f"kubetrial {shown}", printed.getvalue())
    finally:
        os.chdir(before)
    return made


def _kind_rows(catalogue: Catalogue, entries: Mapping[str, Entry]) -> tuple[list[str], set[str]]:
    """The rows of the table of kinds, and every type that is read inside of one."""
    rows, reached = [], set()
    for api, by_kind in sorted(catalogue.kinds().items()):
        for kind, entry in sorted(by_kind.items()):
            if catalogue.kind(api, kind) is None:
                continue
            types = set(_inside(catalogue, entry["type"]))
            reached |= types
            fields = [table for name in types for _, _, table in _fields(catalogue, name)]
            rules = sum(1 for e in entries.values() if types & set(e.visits) or "object" in e.visits)
            page = entry["type"].partition(".")[0]
            rows.append(
                f"| [{api}](validation/{page}.md) | {kind} | {len(fields)} | {sum(1 for t in fields if _words(t))} | {rules} |"
            )
    return rows, reached


def _inside(catalogue: Catalogue, name: str, seen: set[str] | None = None) -> Iterator[str]:
    """A type and all types inside of it that the server reads."""
    seen = set() if seen is None else seen
    if name in seen:
        return
    seen.add(name)
    yield name
    for _, code, table in _fields(catalogue, name):
        bare = code.lstrip("[{")
        if "." in bare and not dropped.is_off(table, NEWEST):
            yield from _inside(catalogue, bare, seen)


def _fields(catalogue: Catalogue, name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(field, code, constraints) of the fields that a type has today."""
    for field, entry in catalogue.raw(name).items():
        code, table = (entry, {}) if isinstance(entry, str) else ("", entry) if isinstance(entry, dict) else entry
        if field != "*" and table.get("since", 0) <= NEWEST <= table.get("until", 99):
            yield field, code, table


_SAID: dict[str, Callable[[Any], str]] = {
    "required": lambda argument: "must be there" if argument == "present" else "required",
    "enum": lambda argument: "one of " + ", ".join(f"`{value}`" for value in argument),
    "format": lambda argument: f"a {argument}",
    "maxLength": lambda argument: f"at most {argument} bytes",
    "maxItems": lambda argument: f"at most {argument} items",
    "maxPercent": lambda argument: f"at most {argument}%",
    "sign": lambda argument: "above zero" if argument == "positive" else "zero or more",
    "unique": lambda argument: "no item twice",
    "key": lambda argument: f"no {argument} twice",
    "keys": lambda argument: f"keys: a {argument}",
    "forbidden": lambda argument: "not to be set",
    "unread": lambda argument: "dropped unread",
    "immutable": lambda argument: "not to be changed",
}
"""What a check of a field says by itself."""


def _words(table: Mapping[str, Any]) -> str:
    """The checks of a field in words; empty where there are none."""
    said = []
    for word, argument in table.items():
        if word in _SAID:
            said.append(_SAID[word](argument))
        elif word == "min":
            said.append(f"from {argument} to {table['max']}" if "max" in table else f"{argument} or more")
        elif word == "max" and "min" not in table:
            said.append(f"at most {argument}")
        elif word == "each" and _words(argument):
            said.append(f"each: {_words(argument)}")
        elif word == "before":
            said += [f"before 1.{minor}: {_words(earlier)}" for minor, earlier in argument.items()]
        elif word == "off":
            said += [f"dropped unread {_span(*span)}" for span in argument]
    return "; ".join(said)


def _span(first: int, last: int | None) -> str:
    """When a gate is off, in words."""
    return "as its feature gate is off" if last is None else f"until 1.{last}, as its feature gate is off"


def _type_section(name: str, catalogue: Catalogue, entries: Mapping[str, Entry]) -> list[str]:
    """The section of a type; nothing where nothing is checked beyond types."""
    rows = [f"| `{field}` | {words} |" for field, _, table in _fields(catalogue, name) if (words := _words(table))]
    for word, sets in catalogue.raw(name).get("*", {}).items():
        most = "exactly one" if word == "exactlyOne" else "at most one"
        rows += [f"| {', '.join(f'`{field}`' for field in one)} | {most} of them |" for one in sets]
    rules = [_link(e, "../") for e in entries.values() if name in e.visits]
    if not rows and not rules:
        return []
    lines = ["", f"### {name}", ""]
    if rows:
        lines += ["| field | checks |", "| --- | --- |", *rows]
    return [*lines, *([""] if rows and rules else []), *rules]


def _link(entry: Entry, up: str = "") -> str:
    return f"- [{entry.name}]({up}rules/{entry.name}.md): {entry.summary}"


FALSE_ALARMS = """# False alarms

Generated from [false-alarms.tsv](false-alarms.tsv): {read} default findings that were read, {false} of them false
({rate:.1f} %). A finding is false when what it says about the cluster is not so, or when the people who wrote the manifests would
rightly not call it a mistake or a risk. Manifests are named by repository and path, as they stood when they were read, and not copied.

What was read: all findings of the categories broken and risky that `kubetrial check .` gives in 67 public repositories with 3,474
manifests (applications, operators, drivers, clusters and courses), in Kubernetes itself, and in the test data of two other linters:
{repositories} of them have findings. Each was held against its manifest. Where the API server settles it, the server was asked: for
daemonset-not-guaranteed which class it gives the pods, for what is deprecated whether it warns. Findings of the category rejected are
not in the table: a test compares them with the server's own answers, and none of them is against an object that it takes.

The rules were mended after a first reading of the same repositories, so the figure says what is left there, not what to expect
elsewhere. In that first reading 66 of 401 findings were false, most of them about something that was not in the folder and was made
by a script, an operator or another repository; and of another 101 the consequence was wrong: pods of the class system-node-critical
are not evicted, whatever their requests. The layouts that fooled a rule stand as small repositories in tests/layouts, beside mistakes
that have to be found. The same repositories were also checked folder by folder, as streams, and file by file, for findings that
`kubetrial check .` does not give.

## Repositories as they stand

The table at the end is about repositories that the rules were mended on. So others were taken that nobody had looked at: plain
manifests, Flux and Argo CD, overlays, operators, courses; `kubetrial check` was run at the root of each, with nothing configured. Of what
it said outside of charts, at most ten findings of a category and repository were read beside their files. False is what would not happen
to what is applied: to files that a test compares with, that a script writes first, that another tool fills in or decrypts, or that no
server ever gets.

| reading | repositories | rejected: read | false | others: read | false |
| --- | ---: | ---: | ---: | ---: | ---: |
| first | 53 | 150 | 115 | 150 | 9 |
| second, what the first showed mended | 21 | 81 | 52 | 80 | 24 |
| third, likewise | 32 | 77 | 12 | 81 | 3 |
| fourth, likewise | 24 | 80 | 32 | 90 | 0 |
| fifth, likewise | 55 | 140 | 24 | 96 | 2 |
| sixth, likewise | 50 | 174 | 65 | 112 | 17 |
| seventh, likewise | 45 | 108 | 37 | 60 | 6 |
| eighth, likewise | 37 | 108 | 43 | 55 | 9 |
| ninth, likewise | 41 | 164 | 57 | 63 | 1 |
| tenth, likewise | 32 | 57 | 24 | 47 | 4 |
| eleventh, likewise | 48 | 106 | 33 | 53 | 2 |
| twelfth, likewise | 45 | 143 | 45 | 74 | 5 |
| thirteenth, likewise | 34 | 71 | 23 | 0 | 0 |
| fourteenth, likewise | 40 | 78 | 28 | 0 | 0 |
| fifteenth, likewise | 52 | 168 | 16 | 38 | 3 |
| sixteenth, likewise | 23 | 67 | 1 | 17 | 0 |
| seventeenth, likewise | 31 | 52 | 3 | 9 | 0 |
| eighteenth, likewise | 31 | 57 | 10 | 0 | 0 |
| nineteenth, likewise | 25 | 26 | 6 | 0 | 0 |
| twentieth, likewise | 43 | 136 | 25 | 0 | 0 |
| twenty-first, likewise | 43 | 92 | 47 | 0 | 0 |
| twenty-second, likewise | 46 | 110 | 14 | 136 | 5 |
| twenty-third, likewise | 61 | 78 | 23 | 96 | 4 |
| twenty-fourth, likewise | 46 | 63 | 9 | 0 | 0 |
| twenty-fifth, likewise | 41 | 68 | 6 | 0 | 0 |

Of what stands in charts, 70 rejected findings of the last four readings were read, 33 of them false: nearly all about charts that
cannot be rendered with their own values, because an environment gives them. Of 89 others 14 were false.

Of the 327 rejected findings of the last three readings 114 were false: 50 in five repositories of which one cause each was the whole
story (a default of Flux in quotes, definitions older than the manifests, a version that the cluster's own settings turn on, a package
with its manifests compiled in, a Kustomization that patches other Kustomizations). What they have in common is that the repository says
elsewhere how the file is applied, so that is read now where something is refused: scripts and programs that name the file, settings of
the cluster, Kustomizations of Flux as they are built. A file that is named on the command line is judged all the same.

`helm install` with the chart's own values is often refused, and nobody installs the chart so. What is wrong only because a value is not
given is therefore no finding: where a value that values.yaml leaves empty (or lacks, with everything else of its block) would stand in the
field, or leads to it, one line a chart counts the places and names the values. What a template writes itself stays a finding, and so does
a value that is misspelt (another one beside it is called nearly so, and nothing reads that one) or forgotten (one of several in its
block, which no other file, guide or script of the repository gives). Values that a user names on the command line are taken as they are.

| reading of charts | repositories | rejected: read | false |
| --- | ---: | ---: | ---: |
| first | 54 | 82 | 37 |
| second, what the first showed mended | 38 | 13 | 1 |
| third, likewise | 57 | 19 | 7 |

Of the 37, 22 were about values that the chart leaves to its user, eight about charts that charts are made of, five about templates that
this renderer refused and Helm does not, two about a part of another chart. 52 findings of the rules about charts that are on by default
were read in both: 2 are doubtful. The seven of the third stand in two charts: one that tests of templates render, and a part of another
chart. 95 others were read there, four of them false: two held a written namespace against that of the release, which nobody chose.

From the twelfth on, the readings count what stands in plain manifests only, without overlays and charts. Of the 292 rejected findings of
the twelfth to the fourteenth 96 were false, 71 of them in ten repositories: 35 were about blanks in forms of their own, 19 about parts of
objects, 25 about what is kept from earlier or belongs to another version, eight about what generators left, eight about versions that a
program asks for before it sends them. After them the kinds were weighed together instead of one by one, and what all the readings had
shown was checked again; of 1,058 findings that six of the sets still show eleven went, none of them about something that a person meant.

Of the 370 of the fifteenth to the nineteenth 36 were false (10 %), 20 of them in two repositories: a script that is given its files by a
variable, and parts of Deployments in one file. In six of 162 repositories everything that was told was false, and it was one cause each.
These have more tutorials and examples than those before, and more than half of what is told there is a removed version.

Of the 228 of the twentieth and twenty-first 72 were false (32 %), 35 of them in four repositories: parts that a tool takes together (cases
of a test suite of policies, inputs of a policy generator, bases of one kind of custom object that all lack what an overlay gives), releases
that are kept in files named after versions, and what an image takes in for the program in it. In eight of 86 repositories everything that
was told was false. So the rate depends on which repositories are drawn, and one that has such parts in numbers is where it comes from.

Of the 319 of the twenty-second to the twenty-fifth 52 were false (16 %; 9 % in the last), 32 of them in four repositories: scripts that are
called YAML, releases before a release, a folder that a script clones, and blanks that another value is compared with. In eight of 194
repositories everything that was told was false, mostly one finding. Each was read before what it showed was mended.

Repositories whose manifests are built by kustomize were read by themselves: homes and platforms with Flux or Argo CD, operators with a
`config` folder, applications with bases and overlays, at most ten findings of a repository as above.

| reading of overlays | repositories | rejected: read | false | of kustomizations | false | others: read | false |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| first | 49 | 136 | 38 | 24 | 2 | 110 | 0 |
| second, what the first showed mended | 37 | 63 | 18 | 13 | 3 | 39 | 2 |
| third, likewise | 32 | 45 | 10 | 7 | 1 | 36 | 0 |
| fourth, likewise | 26 | 22 | 2 | 11 | 0 | 30 | 0 |
| fifth, likewise | 41 | 81 | 25 | 49 | 1 | 60 | 8 |
| sixth, likewise | 37 | 76 | 15 | 50 | 8 | 83 | 6 |
| seventh, likewise | 42 | 59 | 11 | 40 | 6 | 60 | 0 |
| eighth, likewise | 38 | 63 | 12 | 55 | 12 | 57 | 0 |
| ninth, likewise | 25 | 28 | 0 | 27 | 0 | 52 | 0 |
| tenth, likewise | 57 | 41 | 7 | 34 | 6 | 108 | 5 |
| eleventh, likewise | 37 | 47 | 20 | 27 | 8 | 51 | 3 |
| twelfth, likewise | 44 | 81 | 28 | 49 | 13 | 100 | 2 |
| thirteenth, likewise | 33 | 26 | 13 | 22 | 12 | 85 | 2 |
| fourteenth, likewise | 35 | 24 | 2 | not counted | | about 60 | 1 |

Of the 68 false ones of the first four nine kinds are 60: patches that a generator of operators wrote and left switched off, values of a
HelmRelease that Flux fills in, samples that nobody has filled in, objects of another version than a definition elsewhere in the repository,
transformers of kustomize that stand as objects, folders of templates, examples of what is refused, patches without a name in a folder of
patches, and parts of workloads that lack their selector or labels alone. What kustomize itself refuses is told wherever nothing says that
a file is made first. The same repositories were built with kustomize v5.8.2: 6,123 kustomizations that it builds without a network come
out equal, after three kinds were mended (folders that are called like a host, folded texts in annotations and with spaces at the end of a
line, values that are left out in braces), and all that it refuses without a network is refused.

Of the 279 of the fifth to the eighth 63 were false, 44 of them in seven repositories: a copy of a whole cluster, blanks in one field of
many examples, labels that are no texts (which Flux leaves out before it applies an object), files in base64 that were taken for too long,
references to a store of secrets, the first item of a list that nobody went on with, and documentation. The others were files that
controller-gen or a Makefile makes, kustomizations of which everything is commented out, parts of Services and Deployments that are
laid over what is there, and collections of bases. In 136 of the 158 repositories nothing false was told. 1,741 further kustomizations of
these come out equal, all that were compared.

The ninth found none, which was luck: of the 88 of the tenth and eleventh 27 were false, in 14 of 94 repositories, and 13 of these in three.
They were objects of a well-known project beside a cut copy of its definition, listings of all fields, kustomizations that are empty,
folders called `_archive` or `app.old`, namespaces that a script sets before it builds, and role bindings that a bundle of an operator
leaves out. Of the first 57 repositories 1,622 kustomizations were built by kustomize v5.8.2 and here:
1,619 came out equal, three were mended (a block at the end of an inline patch), and all 250 that it refuses are refused.

Of the 131 of the twelfth to the fourteenth 43 were false. Ten were one mistake: rules of a definition that write `self.namespace`, which
the server takes since 1.31. Most others were kustomizations and files that were left over where Flux or Argo CD apply the folders beside
them, or whose entry is commented out. 4,998 of 4,999 kustomizations of these and the eleventh come out as kustomize v5.8.2 builds them (the
other one is a folder that is a chart too), and of 166 that it refuses four are built here: two name files by a URL, two inflate a chart.

What was false in a reading was mended by its kind, so the next one shows what is new in repositories that are new. False ones come in
heaps, a kind to a repository: of the 43 of the eighth reading 29 stand in four repositories, and of the twenty that have such findings
half have no false one. What the people of a repository do outside of it cannot be read there; expect a kind of its own in one repository
of four, and leave it out with `exclude` or an ignore.

| what was told though nobody applies it so | mended by |
| --- | --- |
| inputs and expectations of chainsaw, KUTTL, Kyverno's CLI, `testdata`, `compare`, `invalid` | left out of a folder's walk and counted |
| values and the `sops` block of encrypted objects that an overlay builds | judged without them |
| patches that no kustomization lists, parts of workloads | held against the schema as parts |
| files that are ignored by git, have a template or script beside them, or come from a URL | built without them, and said |
| files outside of a kustomization's folder, where Flux or a flag lifts the restriction | read as they are there |
| blanks: `%%%`, `{{name}}`, `HOSTNAME`, `NUM_NODES`, `xxxx`, `...text...`, FreeMarker | not judged, and counted |
| what a mutating webhook of the repository fills in | not called missing |
| one folder that several clusters apply | judged for each cluster by itself |
| several errors about one removed version | said once |
| tests of a program, `fail.yaml` beside `pass.yaml`, proposals, designs, `broken` files | left out of a folder's walk and counted |
| templates of ytt, Terraform, Handlebars; names in capitals such as `CLUSTER_NAME`; expressions of chainsaw | not judged, and counted |
| output of a cluster and parts of objects in documentation, listings of all fields, objects printed as JSON | not judged |
| values that an environment, an umbrella chart or a values file beside it gives a chart | said not to be known |
| kustomizations whose files a program writes, or that patch what another tool gives | said not to be known |
| catalogue entries, configuration of istioctl, agents of pipelines, kinds of older OpenShift | not taken for manifests, or not known |
| manifests that a program embeds and completes (`assets` beside Go, `//go:embed`, `src/main/kubernetes`) | not judged as they stand |
| values that a script of the repository replaces (`sed`, `replace(...)`), parts that a program reads | not judged, and counted |
| custom objects that another tool than kubectl is given, what the tests of a program read | not judged, and counted |
| Kustomizations of Flux that another one patches and fills in | applied as they come out of that build |
| versions and taints that the settings of the repository's cluster change (`runtime-config`) | taken as these say |
| definitions in another folder that serve only older versions | say nothing about newer ones |
| kustomizations that are commented out where they would be taken in, or lack all that they list | said not to be known |
| scaffolds of operators, listings with empty texts, objects that were begun | not judged, and counted |
| workloads without selector and image, Pods without name and containers | taken for parts and for templates of a program |
| folders such as `old`, `manifests-old`, `archived`, `backup-2024`, and built sites (`_site`) | left out of a folder's walk and counted |
| words in capitals beside blanks or refused in three files, values whose comment asks for another one | not judged, and counted |
| removed versions in a file called after them, beside the newer one; older releases beside newer ones | not judged, and counted |
| manifests behind a command of a shell, `[${{LIST}}]`, `#image#`, `@name_x`, `*`, `...` | taken for templates |
| custom objects in the folder of another version, fields that the manager of operators leaves out of a bundle | not judged, and counted |
| values that a script replaces which is given its file by a variable | not judged, and counted |
| values that name their field or a type, say `your` or `replace_`, or are sentences or words between signs | not judged, and counted |
| objects that lack two things, or the same in three files | taken for parts |
| older definitions, and objects of numbered releases, beside the same in a served version | not judged, and counted |
| removed versions below a comment that says for which clusters they are | not judged, and counted |
| exercises in finding mistakes (`troubleshooting-exercises`) | not judged, and counted |
| notes with manifests in them, where sentences or commands stand on lines of their own | not judged, and counted |
| parts of objects beside the kustomization that builds these, patches by their folder or a `$patch` | held against the schema as parts |
| values of a HelmRelease that Flux fills in before it applies it | filled in, or said not to be known |
| files that a script further up writes, that an example leaves to its copies, `RELEASE_MANIFEST` in `resources` | said not to be known |
| objects of another version than a definition that stands elsewhere in the repository | not judged by it, and counted |
| copies of a cluster: objects that a controller made, with what only the server sets | not judged, and counted |
| files that controller-gen or a Makefile makes, that git-crypt locks, Git LFS or a submodule keeps elsewhere | said not to be known |
| kustomizations that are commented out, collections of bases that others take in one by one | left out, or said not to be known |
| parts of Services and Ingresses, what Flux merges into an object of the cluster (`ssa: merge`) | held against the schema as parts |
| labels that are no texts where Flux applies what is built | not judged, and counted |
| addresses in an `externalName` that an Ingress or IngressRoute sends requests to, samples of several versions | not told |
| references to other stores (`ref+op://`), fields of custom objects with words in capitals in three files | not judged, and counted |
| kustomizations that are empty, where nobody takes them in; folders that an installer makes | said not to be known |
| role bindings and examples in a kustomization that a bundle of an operator is made of | not judged, and counted |
| definitions of others' kinds that say nothing of them, or lack many fields that objects of a project have | not used, and counted |
| a namespace that a script sets with `kustomize edit`, marks that one replaces in what is built | not judged, and counted |
| files that a script writes by a variable, folders such as `_archive`, `app.old`, `app-disabled` | said not to be known, or left out |
| settings of installers with a version alone (`v1alpha1`), classes that the chart of a driver makes | no manifests, or known |
| scripts by their first line (`web.sh.yml`), values files with an apiVersion and no metadata | no manifests |
| Services with neither ports nor a selector, objects without a body or with a comment that calls them parts | taken for parts |
| what a document of another tool names, files that a script copies first, names that a template leaves empty | not judged, and counted |
| values that are compared with a blank, or with a value of a wrong type | not judged |
| documentation for each version, releases before a release (`v1.2.0-rc.1`), folders such as `k8sOLD` | not judged, or left out |
| folders that a script makes or clones, secrets that were emptied | said not to be known, or not judged |

To repeat it: check out a repository of the table, run `kubetrial check . --output-format json`, and read each finding beside the lines
that it names. A finding that you think is false is a mistake in kubetrial: report it with the manifest.

| rule | read | false | rate |
| --- | ---: | ---: | ---: |
"""


def false_alarms_page() -> str:
    """How many of the findings that were read are false, by rule and over all."""
    header, *lines = (ROOT / "docs" / "false-alarms.tsv").read_text(encoding="utf-8").splitlines()
    rows = [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]
    by_rule: dict[str, list[bool]] = {}
    for row in rows:
        by_rule.setdefault(row["rule"], []).append(row["verdict"] == "false")
    false = sum(map(sum, by_rule.values()))
    text = FALSE_ALARMS.format(
        read=len(rows),
        false=false or "none",
        rate=100 * false / len(rows),
        repositories=len({row["repository"] for row in rows}),
    )
    for name, verdicts in sorted(by_rule.items(), key=lambda item: (-len(item[1]), item[0])):
        wrong = sum(verdicts)
        text += f"| [{name}](rules/{name}.md) | {len(verdicts)} | {wrong} | {100 * wrong / len(verdicts):.0f} % |\n"
    return text


def pages() -> dict[str, str]:
    """File name below docs/ -> content."""
    entries = index()
    made = {f"rules/{name}.md": page(entry) for name, entry in entries.items()}
    lines = [
        "# Rules",
        "",
        "Generated from the rules; `kubetrial explain RULE` shows the text of a page at the prompt, without its examples.",
        "",
    ]
    for category in ("rejected", "broken", "risky", "security", "advice"):
        of_category = [e for _, e in sorted(entries.items()) if e.category.value == category]
        if of_category:
            default = "on by default" if of_category[0].category.on_by_default else f"`--select {category}`"
            lines += [
                f"## {category} ({of_category[0].category.level}, {default})",
                "",
                "| rule | finds |",
                "| --- | --- |",
            ]
            lines += [f"| [{e.name}](rules/{e.name}.md) | {e.summary} |" for e in of_category] + [""]
    made["rules.md"] = "\n".join(lines)
    made["migration.md"] = migration_page()
    made |= validation_pages()
    made["rules-by-kind.md"] = rules_by_kind_page()
    made["features.md"] = features_page()
    made |= pictures()
    made["false-alarms.md"] = false_alarms_page()
    return made


GENERATED = ("rules", "validation", "pictures")
"""Folders of docs/ that hold nothing but generated pages."""


def write() -> None:
    """Write all pages; pages of rules that are gone are removed."""
    made = pages()
    for name in GENERATED:
        folder = ROOT / "docs" / name
        folder.mkdir(exist_ok=True)
        for old in folder.glob("*.md"):
            if f"{name}/{old.name}" not in made:
                old.unlink()
    for name, text in made.items():
        (ROOT / "docs" / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
