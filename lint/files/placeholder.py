"""Placeholders: parts of a manifest that a tool or a person replaces before it is applied, in the forms that people write.

Only asked of values about which there is something to say, so a form that is rare in good values may count.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from kubetrial.lint.values.pattern import pattern

_WORD = r"[A-Za-z_][A-Za-z0-9_.-]{0,100}"
_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,60}"
ENCRYPTED = "ENC[...]"
"""What stands for a value that SOPS encrypted: it is decrypted before it is applied, and then it is another one."""
_FORMS = pattern(
    "|".join(
        (
            r"\$\{\{?[ ]?(?!\d)[^{}\n]{1,200}\}",  # ${VAR}, ${ VAR }, ${VAR:-x}, ${{ expression }}
            r"\$\$?(?:[A-Z_][A-Z0-9_]+\b|\{(?![\d}]))",  # $VAR
            r"\{\{.{0,500}?\}\}",
            r"(?<![\w+])ref\+[a-z][a-z0-9]{0,30}://[^\s\"']{1,300}|(?<![\w+])op://[^\s/\"']{1,100}/[^\s\"']{1,200}",  # of vals
            r"\{%.{0,500}?%\}",
            r"\[\[.{0,200}?\]\]",
            rf"\$\[{_WORD}\]",
            r"\[%.{0,200}?%\]",
            r"<%.{0,200}?%>",
            rf"\(\(\.?{_WORD}\)\)",
            r"(?:#[A-Z][A-Z0-9_]{1,60}#|~[A-Z][A-Z0-9_]{1,60}~|\|[A-Z][A-Z0-9_]{1,60}\||&[A-Z][A-Z0-9_]{1,60};)",
            r"%\([A-Za-z_]\w{0,60}\)[sd]|«[^«»\n]{1,100}»|<!--[^\n]{1,100}?-->",
            rf"#\{{{_WORD}\}}#?",
            r"<[A-Za-z_](?:[\w .:/|-]{0,100}[\w.])?>",  # <X>
            r"< [A-Za-z_][\w .,:/|'-]{0,100} >",
            r"(?<![A-Za-z0-9_])__+[A-Za-z][A-Za-z0-9_.-]{0,100}?__",
            rf"@@?{_WORD}@",
            rf"\$\${_NAME}\$\$",
            r"(?i:\bto be (?:replaced|filled|set|defined|determined)\b|\b(?:replaced?|filled(?: in)?) (?:by|with|me|this)\b)",
            r"(?<![A-Za-z0-9])TO[_-]BE[_-](?:REPLACED|FILLED|SET|DEFINED|DETERMINED|CHANGED|PROVIDED|ADDED)(?![A-Za-z0-9])",
            r"%%?[A-Z_][A-Z0-9_.-]{1,100}%",
            r"\[[A-Z][A-Z0-9_ -]{1,100}\]",  # [YOUR_X]
            r"(?<![\w.])(?:\d{1,3}\.){0,3}[xX]{1,3}(?:\.[xX]{1,3}){1,3}(?![\w.])",  # 10.x.x.x
            r"(?<![A-Za-z0-9])v?X\.Y(?:\.Z)?(?![A-Za-z0-9])|(?<![A-Za-z0-9])v?[0-9]\.[xX]\.[xX](?![A-Za-z0-9])",
            r"(?<![A-Za-z0-9])[A-Z]{3,20}NAME(?:SPACE)?(?![A-Za-z0-9])",
            r"(?<![A-Za-z0-9])(?:HOSTNAME|NODENAME|NAMESPACE|USERNAME|PASSWORD|REGION|VERSION|DOMAIN|BUCKET|PROJECT|ACCOUNT|TIMESTAMP|DATETIME|UUID|SUFFIX|PREFIX)(?![A-Za-z0-9])",
            r"(?<![\w$}\{/])\{[A-Za-z_][A-Za-z0-9_]{0,60}(?:-[A-Za-z0-9_]{1,60}){0,5}\}",  # {name}, as Python's format fills it in
            r"(?<![a-z0-9])(?:REPLACE|CHANGE|FILL|INSERT|PUT|ENTER|SET)(?:[_-]?(?:ME|THIS|WITH|IN|HERE|YOUR))(?![a-z])[A-Z0-9_-]{0,60}",
            r"(?<![A-Za-z0-9])(?:REPLACE|(?:FILLED|REPLACED|SET)(?:_IN)?_BY)_[A-Z0-9_]+|(?<![A-Za-z0-9])(?:(?:YOUR|MY)_[A-Z0-9_]+|your_[a-z][a-z0-9_]{0,60})",
            r"(?<![A-Za-z0-9_])[A-Z0-9_]{0,60}(?:_PLACEHOLDER|PLACEHOLDER_)[A-Z0-9_]{0,60}|(?<![A-Za-z0-9])(?:PLACEHOLDER|EXAMPLE|TODO|FIXME|TBD)(?![A-Za-z0-9])",
        )
    )
)
_WHOLE = pattern(
    r"(?:\.\.\.|…)[^.…\n]{1,100}(?:\.\.\.|…)\Z|(?:\.\.\.+|…|@{2,8}|%%|[xX]{3,40}|\?{2,8})\Z|"
    r"\((?:\$[A-Za-z_]\w{0,60}|[a-z_]{1,60}\([^\n]{0,300}\))\)\Z|"  # ($name) and (join('-', [$a, 'b'])), as chainsaw evaluates them
    r"[\w.-]{1,40}(?:[ ]\|[ ]?|[ ]?\|[ ])[\w.-]{1,40}(?:[ ]?\|[ ]?[\w.-]{1,40}){0,20}\Z|"  # a | b: what may stand there
    r"\$\$?[A-Za-z_][A-Za-z0-9_.-]{1,100}\Z|(?i:replace[_-]?me|change[_-]?me|replace[_-]?this|placeholder)\Z"
)
_CALL = pattern(r"\$\([ ]?([A-Za-z_][A-Za-z0-9_.-]*)[ ]?\)")
_VARIABLE = pattern(r"\$[{(]?([A-Za-z_][A-Za-z0-9_]*)")
_BAD_SCALAR = pattern(
    r"(?m)^[^#\n]{0,200}?(?:[:,\[][ \t]+|-[ \t]+)(?:@@?[A-Za-z_][\w.-]*@|%%?[A-Z_][A-Z0-9_.-]*%|\{%.{0,500}?%\}|`[A-Z_]+`|[%@]{2,8}[ \t]*$"
    r"|\$\[[A-Za-z_][\w.-]*\]"
    r"|\*{2,40}[ \t]*$|\*[ \t]+#[^\n]{0,200}?\b(?:must|required|your|replace|fill|enter|change)\b"
    r"|\{[A-Za-z][A-Za-z0-9_-]*\}[^\s,}\]:]"
    r"|\[[^\]\n\"'#]{0,200}?\$\{[A-Za-z_][^}\n]{0,100}\}[^\]\n]{0,200}\]"
    r"|<[A-Za-z][^<>\n]{0,100}:[ ][^<>\n]{0,100}>[ \t]*$)"
    r"|(?m:^[^#\n]{0,200}?:[ \t]+(?:@[a-z]+_\w+(?!@)|\*{1,2}[A-Za-z][\w .-]{0,100}\*{1,2}[ \t]*$|%\([A-Za-z][\w.-]{0,100}\)s))"
    r"|(?m:^[^#\n]{0,200}?:[ \t]+\{\*{1,2}[A-Za-z][^{}\n]{0,100}\*{1,2}\}[ \t]*$)"
    r"|(?m:^[ \t]+(?:-[ ]+)?(?:\.{3,}|…|[xX]{3,})[ \t]*$)"
    r"|(?m:^\$[A-Z][A-Z0-9_]{2,60}[ \t]*$)"
    r"|(?m:^[^#\n]{0,200}?:[ \t]+(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}')[ \t]+(?:<{2,3}|<-{1,3}|<={1,2}|-{1,2}>|={1,2}>|//)[ ]?[A-Za-z])"
    r"|(?m:^[^#\n]{0,200}?:[ \t]+(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'|\[\]|\{\})[ \t]+[A-Z][a-z]{0,20}(?:[ ][A-Za-z'`,.()-]{1,40}){3})"
    r"|(?m:^[ \t]*(?:-[ ]+)?<[A-Za-z][^<>\n]{1,120}>[ \t]*$)"
)


def placeholder(text: str, *, defined: Container[str] = (), expanded: bool = False) -> str | None:
    """The part of a text that is replaced before the API server sees it; None: it is meant as it is.

    `defined` are the variables of the container that the text belongs to: in its command, args and probes they are no placeholders.
    `expanded`: Kubernetes itself expands `$(NAME)` here, and a shell `$NAME`.
    """
    if text.startswith("ENC[AES256_GCM,"):
        return ENCRYPTED
    if "\n" in text or len(text) > _LONGEST:
        return None  # the content of a file or a script, whose signs mean something there
    for found in _FORMS.finditer(text):
        part = found.group()
        name = _VARIABLE.match(part)
        if expanded and f"$({part})" in text:
            continue  # a variable of the container that is called BUCKET or the like
        if expanded and name is not None and (name.group(1) in defined or part[:2] != "${"):
            continue
        return part
    whole = _WHOLE.match(text)
    if whole is not None and not expanded:
        return text
    call = _CALL.search(text) if not expanded else None
    return call.group() if call is not None else None


def at(
    root: Any, steps: tuple[str | int, ...], value: Any, *, wrong_type: bool = False, inside: bool = False
) -> str | None:
    """The placeholder in the value, or the key, at a path of an object; of a selector or labels, in one of their texts.

    `wrong_type`: another type is wanted there, so `[NAME]` and `{ NAME }` are blanks that YAML reads as a list and a mapping.
    `inside`: what is wrong with a mapping is what its fields say together, so a placeholder in one of them counts.
    """
    if value.__class__ is dict:
        if is_blank(value) or (wrong_type and _is_blank_of_words(value)):
            return "{ NAME }"
        texts = [*value, *value.values()] if inside or (steps and steps[-1] in _MAPS) else []
    elif value.__class__ is list:
        blank = wrong_type and len(value) == 1 and value[0].__class__ is str
        return f"[{value[0]}]" if blank and _CAPITALS.match(value[0]) else None
    elif steps[-3:-2] == ("env",) and steps[-1] == "name" and value.__class__ is str and value.isidentifier():
        return None  # variables of programs are called REGION and the like
    elif steps and steps[-1] in _NAMED and value.__class__ is str and _OF_VARIABLES.fullmatch(value):
        return None  # and so are the keys of what they come from
    else:
        texts = [value]
    if steps and steps[-1].__class__ is str and steps[-1] not in _SCHEMA_KEYS:
        texts.append(steps[-1])
    if value.__class__ is str and (_CONSTANT if wrong_type else _TO_FILL_IN).match(value):
        return str(value)
    texts = [
        text
        for text in texts
        if text.__class__ is str and (not text.isalnum() or text.isupper() or text.strip("xX") == "")
    ]
    if not texts:
        return None
    expanded = is_expanded(steps)
    defined = defined_at(root, steps) if expanded else frozenset[str]()
    found = (placeholder(text, defined=defined, expanded=expanded) for text in texts)
    return next((part for part in found if part), None)


_NAMED = ("key", "subPath")
"""Fields that name a key of a ConfigMap or Secret."""
_OF_VARIABLES = pattern(
    r"(?!(?:YOUR|MY|THE|REPLACE|CHANGE|FILL|INSERT|PUT|ENTER|SET)_)(?:[A-Z0-9]+_)*"
    r"(?:HOSTNAME|NODENAME|NAMESPACE|USERNAME|PASSWORD|REGION|VERSION|DOMAIN|BUCKET|PROJECT|ACCOUNT)(?:_[A-Z0-9]+)*"
)
_SCHEMA_KEYS = ("$ref", "$schema", "$id", "$defs", "$patch", "$retainKeys")
"""Words of JSON Schema and of patches: as the key of a mapping they are meant as they are written."""
_MAPS = ("labels", "matchLabels", "nodeSelector", "selector", "podSelector")
_CAPITALS = pattern(r"(?:YOUR|MY|REPLACE|CHANGE|INSERT|ENTER|FILL|PUT|SET|THE)_[A-Z0-9_]+\Z")
_CONSTANT = pattern(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z")
_TO_FILL_IN = pattern(
    r"(?:[A-Z][A-Z0-9]*[_-])+(?:NAME|NAMESPACE|TYPE|CLASS|ID|IP|HOST|HOSTNAME|TAG|IMAGE|URL|DOMAIN|REGION|ZONE|VERSION|EMAIL|ADDRESS"
    r"|ACCOUNT|SIZE|COUNT|NUMBER|PROJECT|CIDR|SUFFIX|PREFIX|PROVISIONER|ENVIRONMENT)\Z"
)
"""Names in capitals that say what a script writes there: `CLUSTER_NAME`; `WEB_APP` may be somebody's name for an object."""
_LONGEST = 400


def is_blank(value: Any) -> bool:
    """Whether a value is a blank of a template as YAML reads it: `{ NAME }` is a mapping of one word in capitals to nothing."""
    if value.__class__ is not dict or len(value) != 1:
        return False
    ((key, inner),) = value.items()
    return inner is None and key.__class__ is str and key.replace("_", "").isalpha() and key.isupper()


def _is_blank_of_words(value: Any) -> bool:
    """Whether a mapping is `{your-domain}` or `{name of the cluster}` as YAML reads it, where a text is wanted."""
    ((key, inner),) = value.items() if len(value) == 1 else ((None, None),)
    return inner is None and key.__class__ is str and _WORDS.match(key) is not None


_WORDS = pattern(r"[A-Za-z][A-Za-z0-9]*(?:[ _-][A-Za-z0-9]+)+\Z")


def unreadable(text: str) -> bool:
    """Whether a text is no YAML because a placeholder that YAML cannot begin a value with stands in it without quotes."""
    return _BAD_SCALAR.search(text) is not None


_IN_CONTAINER = ("command", "args", "exec", "env", "subPathExpr")


def is_expanded(steps: tuple[str | int, ...]) -> bool:
    """Whether Kubernetes, or a shell in the container, expands variables at a path: command, args, probes, values of env."""
    return "valueFrom" not in steps and any(step in _IN_CONTAINER for step in steps)


def defined_at(root: Any, steps: tuple[str | int, ...]) -> frozenset[str]:
    """The names that the container at a path defines in `env`; none where the path leads through no container."""
    value, names = root, frozenset[str]()
    for step in steps:
        if value.__class__ is dict:
            value = value.get(step)
        elif value.__class__ is list and step.__class__ is int and step < len(value):
            value = value[step]
        else:
            break
        if value.__class__ is dict and value.get("env").__class__ is list:
            names = frozenset(
                one["name"] for one in value["env"] if one.__class__ is dict and one.get("name").__class__ is str
            )
    return names
