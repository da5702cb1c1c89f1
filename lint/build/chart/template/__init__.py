"""The language of chart templates: Go's text/template with sprig's and Helm's functions, whose output knows where it comes from.

    engine = Engine(templates)                     # name (path in the chart) -> text, in helm's order; later definitions count
    engine.errors                                  # TemplateErrors of reading, each with file, line, column
    rendered = engine.render(name, context, paths) # never raises
    rendered.error                                 # TemplateError | None: problem, file, offset, line, column, chain of includes
    rendered.text                                  # Text, a str; helm's `<no value>` is gone
    rendered.text.origin_at(offset)                # Found(file, offset, origin): exact for literal text, else the action's `{{`
    found.origin.reads                             # paths of the values that the action read
    found.origin.value, .is_key                    # the path that toYaml printed there (and whether it is its key)
    found.origin.via                               # (file, offset) of the actions that included it, outermost first

`context` is a plain dict: Values (dicts and lists; numbers of values files are floats, --set's are ints: `Int64`), Release, Chart (a
`Struct`, whose missing fields are errors), Capabilities, Template, and objects with `call_method(name, arguments)` (`HasMethods`) such
as Files. `paths` is `paths_of(values)`: the evaluator knows by the identity of a map or list that it reads values. Keep the values
alive while `paths` is used; where a subchart's values lie in the parent's, give `paths_of` a prefix.

Coverage: `engine.executed` holds (file, offset) of the actions that ran, `engine.taken` (file, offset, outcome) of the tests of if, with
and range, `engine.tests` the values that each read; `actions(template)` in coverage.py lists all that there are.
"""

from __future__ import annotations

from kubetrial.lint.build.chart.template.coverage import Site, actions
from kubetrial.lint.build.chart.template.errors import Failure, TemplateError
from kubetrial.lint.build.chart.template.evaluate import Engine, Rendered
from kubetrial.lint.build.chart.template.nodes import Branch, LiteralText, Node, Template
from kubetrial.lint.build.chart.template.text import SignOrigin, SpannedText, TextOrigin, paths_of
from kubetrial.lint.build.chart.template.values import GoStruct, HasMethods, Int64

__all__ = [
    "Branch",
    "Engine",
    "Failure",
    "GoStruct",
    "HasMethods",
    "Int64",
    "LiteralText",
    "Node",
    "Rendered",
    "SignOrigin",
    "Site",
    "SpannedText",
    "Template",
    "TemplateError",
    "TextOrigin",
    "actions",
    "paths_of",
]  # fmt: skip
