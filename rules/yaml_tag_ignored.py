"""A tag that means nothing to Kubernetes.

`!vault secret/db` is the plain text `secret/db` to the API server: it drops tags that are not YAML's own. What the tag was
to do (look something up, put something in) is the work of another program that has to run before.

Run that program before the manifests are checked and applied, or leave the tag out.

See https://yaml.org/spec/1.2.2/#24-tags
"""

from __future__ import annotations

from kubetrial.lint.authoring import Category, Findings, Object, rule
from kubetrial.lint.objects import spelling


@rule(Category.ADVICE)
def check(obj: Object) -> Findings:
    """Tags beside those of YAML itself (`!!str`, `!<tag:yaml.org,2002:str>`) and `!`, which says that a value is text."""
    for node, name, _ in spelling.tags(obj):
        if name and not name.startswith(("!", "<tag:yaml.org,2002:")):
            yield node.found(
                f"the tag !{name} is dropped",
                consequence="the API server takes the value as if the tag were not there",
                help="leave it out, or run the program that knows it before",
            )
