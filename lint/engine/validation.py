"""The schema's verdict on one object, and what rules may see of it after that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubetrial.lint.api.checked import Walked as Walked
from kubetrial.lint.api.walk import Catalogue, check, check_metadata
from kubetrial.lint.engine.ruling import but_of_refusals
from kubetrial.lint.finding import Category
from kubetrial.lint.objects.views import Object
from kubetrial.lint.rule import EVERY, Rule
from kubetrial.lint.yaml.node import Found, Node


def custom_kinds(objects: Sequence[Object], schema_dirs: Sequence[str], minor: int) -> Any:
    """What is known of custom kinds: CustomResourceDefinitions of the set, and files of the schema folders."""
    if not schema_dirs and not any(obj.kind == "CustomResourceDefinition" for obj in objects):
        return None
    from kubetrial.lint.api.custom import kinds as custom

    return custom.CustomKinds(objects, schema_dirs, minor)


def validate(
    obj: Object, catalogue: Catalogue, customs: Any, unknown_kinds: dict[tuple[str, str], int], telling: int = EVERY
) -> tuple[list[Found], list[tuple[tuple[Rule, ...], Node]], Object]:
    """The schema's verdict on one object, the nodes that rules want to see, and it without values of a wrong type.

    `telling` are the rules that can tell something about it, as Rules.telling knows them.
    """
    entry = catalogue.kind(obj.api_version, obj.kind)
    found: list[Found] = []
    if entry is not None:
        type_name = entry["type"]
        if "beta" in obj.api_version:
            from kubetrial.lint.api import versions

            said = versions.deprecated(obj, catalogue)
            if said is not None:
                found.append(said)
    elif customs is not None and (unserved := customs.unserved(obj)) is not None:
        return [unserved], [], obj
    elif customs is not None and customs.knows(obj):
        walked = check_metadata(obj, catalogue, telling)
        return [*customs.check(obj), *walked.found], *_readable(walked, obj)
    else:
        from kubetrial.lint.api import versions

        said, type_name = versions.unserved(obj, catalogue)
        if said is not None:
            found.append(said)
        elif type_name is None:
            key = (obj.api_version, obj.kind)
            unknown_kinds[key] = unknown_kinds.get(key, 0) + 1
            # Whether any server ever sees it is not known, so only what is wrong everywhere is said.
            walked = check_metadata(obj, catalogue, telling)
            return [*found, *walked.found], *_readable(walked, obj)
        if type_name is None:
            return found, [], obj
    walked = check(obj, type_name, catalogue, telling)
    if any(one.rule == "api-removed" for one in found):
        # What the two versions differ in has one cause, which is said.
        if any(one.rule == "field-unknown" for one in walked.found):
            # Rules see only the fields that the two have in common.
            walked.visits = [(but_of_refusals(rules), node) for rules, node in walked.visits]
        elif obj.kind == "DaemonSet" and "selector" not in obj["spec"].mapping():
            # As the kind of another version has it; the rule that asks for a selector would say so again.
            walked.visits = [(but_of_refusals(rules), node) for rules, node in walked.visits]
        walked.found = [one for one in walked.found if one.rule not in ("field-missing", "field-unknown")]
    found.extend(walked.found)
    return found, *_readable(walked, obj)


def _readable(walked: Walked, obj: Object) -> tuple[list[tuple[tuple[Rule, ...], Node]], Object]:
    """What rules see of an object: not what has a wrong type, and not what the server drops.

    What a CronJob keeps and its Jobs lose, only those see that say what the server refuses.
    """
    gone = [*((node, None) for node in walked.broken), *(one for dropped in walked.dropped for one in dropped.gone())]
    judged = _without(walked.visits, gone, obj) if gone else (walked.visits, obj)
    lost = [(dropped.node, None) for dropped in walked.dropped if dropped.kept]
    if not lost:
        return judged
    refusals = [(tuple(r for r in rules if r.entry.category is Category.REJECTED), node) for rules, node in judged[0]]
    visits, clean = _without(walked.visits, [*gone, *lost], obj)
    return [*refusals, *((but_of_refusals(rules), node) for rules, node in visits)], clean


def _without(
    visits: list[tuple[tuple[Rule, ...], Node]], gone: list[tuple[Node, Any]], obj: Object
) -> tuple[list[tuple[tuple[Rule, ...], Node]], Object]:
    """The visits again, on a copy of the object without values that rules never see: of a wrong type, or dropped."""
    import copy

    value = copy.deepcopy(obj.value)
    for node, instead in gone:
        *way, last = node.steps
        inner = value
        for key in way:
            inner = inner[key]
            if inner is None:
                break  # what holds it is gone already
        else:
            inner[last] = instead
    root = type(obj)(obj.document, None, obj.key, value)
    # A node by that which it stands for; each keeps the view that the walk gave it, so that rules find their enclosing views.
    made: dict[int, Node] = {}

    def again(node: Node) -> Node:
        if node.parent is None:
            return root
        if id(node) not in made:
            held = again(node.parent)[node.key]
            made[id(node)] = type(node)(held.document, held.parent, held.key, held.value)
        return made[id(node)]

    fresh = [(rules, copied) for rules, node in visits if (copied := again(node)).present]
    return fresh, root
