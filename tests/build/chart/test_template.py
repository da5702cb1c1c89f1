"""The language of templates: the answers of the real tool to small actions, origins, bounds, and laws."""

from __future__ import annotations

import base64
import copy
import inspect
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubetrial.lint.build.chart.template import Engine, SpannedText, actions, paths_of
from kubetrial.lint.build.go_yaml import to_yaml
from kubetrial.lint.yaml.source import read

HERE = Path(__file__).parent
CASES = [json.loads(line) for line in (HERE / "functions.jsonl").read_text(encoding="utf-8").splitlines()]


def _floats(value):
    if isinstance(value, dict):
        return {name: _floats(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_floats(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


VALUES = _floats(read("", (HERE / "functions.values.yaml").read_text(encoding="utf-8")).documents[0].value)


def rendered(text, values=None, **others):
    engine = Engine({**others, "t": text})
    values = {} if values is None else values
    return engine.render("t", {"Values": values, "Release": {"Name": "r"}}, paths_of(values)), engine


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["action"][:60])
def test_answers_of_the_real_tool(case):
    made, engine = rendered(f"{{{{ ({case['action']}) | toString | b64enc }}}}", copy.deepcopy(VALUES))
    if "refused" in case:
        assert engine.errors or made.error
        return
    assert not engine.errors
    assert made.error is None
    answer = base64.b64decode(made.text).decode()
    if "did not find" in case["answer"]:  # the words of an error are ours
        assert "Error" in answer
    else:
        assert answer == case["answer"]


LANGUAGE = [json.loads(line) for line in (HERE / "language.jsonl").read_text(encoding="utf-8").splitlines()]
LANGUAGE_VALUES = _floats(read("", (HERE / "language.values.yaml").read_text(encoding="utf-8")).documents[0].value)


def test_whole_templates_as_the_real_tool_renders_them():
    wrong = []
    for case in LANGUAGE:
        made, engine = rendered(
            case["template"], copy.deepcopy(LANGUAGE_VALUES), helpers='{{ define "n" }}<{{ . }}>{{ end }}'
        )
        refused = bool(engine.errors or made.error)
        if refused is not ("refused" in case) or (not refused and made.text != case["output"]):
            wrong.append((case, made, engine.errors))
    assert wrong == []


ODD = [json.loads(line) for line in (HERE / "odd.jsonl").read_text(encoding="utf-8").splitlines()]
ODD_VALUES = _floats(read("", (HERE / "odd.values.yaml").read_text(encoding="utf-8")).documents[0].value)


def test_odd_arguments_and_nestings_as_the_real_tool_renders_them():
    wrong = []
    helpers = (HERE / "odd.tpl").read_text(encoding="utf-8")
    for case in ODD:
        made, engine = rendered(case["template"], copy.deepcopy(ODD_VALUES), helpers=helpers)
        refused = bool(engine.errors or made.error)
        if refused is not ("refused" in case) or (not refused and made.text != case["output"]):
            wrong.append((case, made, engine.errors))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("a {{- 1 -}} b", "a1b"),
        ("a{{/* c */}}b {{- /* d */ -}} c", "abc"),
        ("{{ range $i, $v := .Values.l }}{{ if eq $i 1 }}{{ continue }}{{ end }}{{ $v }},{{ end }}", "a,c,"),
        ("{{ range .Values.l }}{{ . }}{{ break }}{{ end }}", "a"),
        ("{{ range $k, $v := .Values.m }}{{ $k }}={{ $v }};{{ else }}none{{ end }}", "a=1;b=2;"),
        ("{{ range 3 }}{{ . }}{{ end }}{{ range .Values.no }}x{{ else }}none{{ end }}", "012none"),
        ("{{ with .Values.no }}x{{ else with .Values.l }}{{ index . 0 }}{{ end }}", "a"),
        ("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $y := 3 }}{{ end }}{{ $x }}", "2"),
        ("{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ end }}{{ $x }}", "1"),
        ('{{ define "n" }}<{{ . }}>{{ end }}{{ template "n" 5 }}{{ include "n" "x" | upper }}', "<5><X>"),
        ('{{ block "b" .Values.m }}{{ .a }}{{ end }}', "1"),
        ("{{ .Values.no }}|{{ (.Values.no).x }}|{{ nil | default 1 }}", "||1"),
        ('{{ tpl "{{ .Values.m.a }}" . }}', "1"),
        ("{{ .Values.m.a | int | add 1 }}", "2"),
        ("{{ .Values.m.a | }}", "1"),
    ],
)
def test_control(text, output):
    made, engine = rendered(text, {"l": ["a", "b", "c"], "m": {"b": 2.0, "a": 1.0}})
    if "nil |" in text:
        assert engine.errors or made.error
        return
    assert not engine.errors
    assert made.error is None
    assert made.text == output


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a\n{{ if }}x{{ end }}", 2, 1),
        ("a\n {{ nosuch 1 }}", 2, 5),
        ("{{ if true }}\nx", 1, 1),
        ("x {{ end }}", 1, 3),
        ("{{ $x }}", 1, 4),
        ("{{ break }}", 1, 1),
        ("{{ 'ab' }}", 1, 4),
        ("{{ (1 }}", 1, 1),
        ("{{/* x", 1, 1),
        ('{{ "a\n" }}', 1, 4),
        ("\n\n{{ 1 | 2 }}", 3, 8),
    ],
)
def test_what_cannot_be_read_is_said_at_its_place(text, line, column):
    engine = Engine({"t": text})
    (error,) = engine.errors
    assert (error.file, error.line, error.column) == ("t", line, column)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a\n{{ .Values.no.x }}", 2, "nil pointer"),
        ('{{ define "n" }}\n{{ include "n" . }}{{ end }}{{ include "n" . }}', 2, "include itself"),
        (
            '{{ define "n" }}{{ tpl .t . }}{{ end }}{{ tpl "{{ include \\"n\\" (dict \\"t\\" \\"x{{ fail `y` }}\\") }}" . }}',
            1,
            "y",
        ),
        ("{{ range 1000000000 }}x{{ end }}", 1, "too many steps"),
        ('{{ repeat 1000000000 "x" }}', 1, "too long"),
        (
            "{{ range until 1000 }}{{ range until 1000 }}{{ range until 1000 }}x{{ end }}{{ end }}{{ end }}",
            1,
            "too many steps",
        ),
        ("{{ untilStep 0 1000000000 1 }}", 1, "too many"),
        ('{{ required "give a name" .Values.no }}', 1, "give a name"),
        ("{{ eq .Values.n 1 }}", 1, "incompatible types"),
    ],
)
def test_what_cannot_be_rendered_is_said_at_its_action(text, line, says):
    made, engine = rendered(text, {"n": 1.0})
    assert not engine.errors
    assert made.error is not None
    assert says in made.error.problem
    assert made.error.line == line


def test_the_chain_of_includes_is_told():
    made, _ = rendered('x {{ include "n" . }}', helpers='{{ define "n" }}\n {{ .Values.a.b }}{{ end }}')
    assert made.error is not None
    assert (made.error.file, made.error.line) == ("helpers", 2)
    assert made.error.chain == (("t", 2),)


def test_origins():
    text = 'a: {{ include "n" . | nindent 2 }}\nb: {{ .Values.x.y | quote }}\n{{- toYaml .Values.m | nindent 0 }}\n'
    helper = '{{- define "n" }}one: {{ .Release.Name }}\ntwo: 2{{ end }}'
    made, _ = rendered(text, {"x": {"y": "hi"}, "m": {"k": [1.0, {"z": "v"}]}}, helper=helper)
    assert made.text == 'a: \n  one: r\n  two: 2\nb: "hi"\nk:\n- 1\n- z: v\n'

    def place(sign):
        return made.text.origin_at(made.text.index(sign))

    two = place("two")
    assert (two.file, two.offset, two.origin.literal) == ("helper", helper.index("two"), True)
    assert two.origin.via == (("t", 3),)
    assert place("r\n").offset == helper.index("{{ .Release")
    assert place("hi").offset == text.index("{{ .Values.x")
    assert place("hi").origin.reads == (("x", "y"),)
    assert place("b:").offset == text.index("b:")
    assert (place("z: v").origin.value, place("z: v").origin.is_key) == (("m", "k", 1, "z"), True)
    assert place("v\n").origin.value == ("m", "k", 1, "z")


def test_coverage():
    made, engine = rendered("{{ if .Values.on }}{{ .Values.a }}{{ else }}b{{ end }}", {"on": False})
    assert made.text == "b"
    assert engine.taken == {("t", 0, False)}
    assert engine.tests == {("t", 0): {("on",)}}
    sites = list(actions(engine.templates["t"]))
    assert [(site.word, site.fields) for site in sites] == [("if", (("Values", "on"),)), ("", (("Values", "a"),))]
    assert {(site.file, site.at) for site in sites} - engine.executed == {("t", 19)}


def test_the_later_definition_counts_and_an_empty_one_does_not():
    made, _ = rendered('{{ include "n" . }}', a='{{ define "n" }}1{{ end }}', b='{{ define "n" }}2{{ end }}')
    assert made.text == "2"
    made, _ = rendered('{{ include "n" . }}', a='{{ define "n" }}1{{ end }}', b='{{ define "n" }} {{ end }}')
    assert made.text == "1"


PIECES = st.sampled_from(
    ["{{", "}}", "{{-", " -}}", " ", "\n", "if", "end", "range", "with", "else", "define", '"a"', ".", ".a", "$", "$x", ":=", "=", "|",
     "(", ")", "1", "'a'", "include", "tpl", "printf", "toYaml", "{{ end }}", "{{ if . }}", "{{ range .Values.l }}", "é", "`", ","]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_no_text_ends_in_a_traceback_and_spans_tile_the_output(text):
    made, engine = rendered(text, {"l": [1.0, "x"], "m": {"a": None}})
    if engine.errors or made.error or not made.text:
        return
    assert isinstance(made.text, SpannedText)
    starts = [start for start, _, _ in made.text.spans]
    assert starts[0] == 0
    assert starts == sorted(starts)
    assert starts[-1] <= len(made.text)


DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029\ufeff"), max_size=100),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet="abyn01.-: #", max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(DATA)
@settings(max_examples=300, deadline=None)
def test_what_to_yaml_prints_is_read_as_the_value(value):
    found = read("", to_yaml({"v": value}))
    assert not found.problems
    assert found.documents[0].value == {"v": value}


@pytest.mark.parametrize("text", ["", "{{/* c */}}", "{{ if false }}a{{ end }}"])
def test_tpl_of_what_prints_nothing(text):
    made, _ = rendered("a{{ tpl .Values.t . }}b", {"t": text})
    assert made.error is None
    assert made.text == "ab"


def test_what_tpl_leaves_of_to_yaml_keeps_its_values():
    made, _ = rendered("{{ tpl (toYaml .Values.m) . }}", {"m": {"a": "x", "b": {"c": "{{ 1 }}", "d": "z"}}})
    assert made.text == "a: x\nb:\n  c: '1'\n  d: z"
    assert made.text.origin_at(made.text.index("d:")).origin.value == ("m", "b", "d")
    assert made.text.origin_at(0).origin.value == ("m", "a")


@pytest.mark.parametrize(
    "text",
    [
        '{{ define "n" }}{{ include "n" . }}{{ end }}\n{{ include "n" . }}',
        '{{ define "n" }}{{ template "n" . }}{{ end }}\n{{ template "n" . }}',
        '{{ define "n" }}{{ tpl "{{ include `n` . }}" . }}{{ end }}\n{{ include "n" . }}',
        "\n{{ tpl .Values.t . }}",
        "\n{{ range 1000000000 }}x{{ end }}",
        "\n{{ until 1000000000 }}",
        "\n{{ untilStep 0 9000000000000000000 1 }}",
        '\n{{ repeat 1000000000 "x" }}',
        '\n{{ repeat 100000 (repeat 100000 "x") }}',
        '\n{{ indent 1000000000 "x" }}',
        '\n{{ nindent 1000000000 "x" }}',
        '\n{{ printf "%5000000d" 1 }}',
        '\n{{ printf "%.5000000f" 1.5 }}',
        '\n{{ printf "%*d%*d%*d%*d%*d%*d" 999999 1 999999 1 999999 1 999999 1 999999 1 999999 1 }}',
        "\n{{ randAlphaNum 1000000000 }}",
        '\n{{ regexReplaceAll "(a)" (repeat 1000000 "a") (repeat 1000 "${1}") }}',
        '\n{{ $d := dict }}{{ range 300 }}{{ $_ := set $d "k" (dict "k" (deepCopy $d)) }}{{ end }}{{ $d }}',
        "\n{{ $l := list 1 }}{{ range 60 }}{{ $l = concat $l $l }}{{ end }}",
        '\n{{ $t := "x" }}{{ range 60 }}{{ $t = print $t $t }}{{ end }}',
        '\n{{ $t := "x" }}{{ range 60 }}{{ $t = cat $t $t }}{{ end }}',
        '\n{{ $t := "xa" }}{{ range 60 }}{{ $t = replace "x" $t $t }}{{ end }}',
        "\n{{ $l := list }}{{ range 60 }}{{ $l = list $l $l }}{{ end }}{{ toYaml $l }}",
    ],
)
def test_hostile_templates_end_with_an_error_at_their_line(text):
    made, engine = rendered(text, {"t": "{{ tpl .Values.t . }}"})
    assert not engine.errors
    assert made.error is not None
    assert made.error.line == (2 if "define" not in text else 1)


def test_no_nesting_ends_in_a_traceback_where_python_allows_few_frames():
    limit, depth = sys.getrecursionlimit(), len(inspect.stack())
    sys.setrecursionlimit(depth + 120)
    try:
        deep = "{{ if true }}" * 140 + "x" + "{{ end }}" * 140
        assert rendered(deep)[0].text == "x"
        nested = "{{ " + "(" * 140 + "1" + ")" * 140 + " }}"
        assert rendered(nested)[0].text == "1"
        for text in ("{{ if true }}" * 5000, "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}"):
            assert rendered(text)[1].errors
        assert sys.getrecursionlimit() == depth + 120
    finally:
        sys.setrecursionlimit(limit)


def test_what_helm_4_added_is_told_where_helm_3_is_asked():
    engine = Engine({"t": "{{ mustToYaml . }}"}, helm=3)
    (error,) = engine.errors
    assert "Helm 4" in error.problem
    assert not Engine({"t": "{{ mustToYaml . }}"}).errors
    assert rendered('{{ durationRoundTo "2h13m" "30m" }} {{ durationMinutes 90 }}')[0].text == "2h0m0s 1.5"


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("{{ $x := .Values.a.b }}v{{ $x }}", [("a", "b")]),
        ("{{ with .Values.a.b }}v{{ . }}{{ end }}", [("a", "b")]),
        ("{{ with .Values.a }}v{{ .b }}{{ end }}", [("a", "b")]),
        ("{{ range .Values.l }}v{{ . }}{{ break }}{{ end }}", [("l", 0)]),
        ("{{ range $i, $x := .Values.l }}v{{ $x }}{{ break }}{{ end }}", [("l", 0)]),
        ('{{ define "n" }}v{{ . }}{{ end }}{{ include "n" .Values.a.b }}', [("a", "b")]),
        ('{{ define "n" }}v{{ .x }}{{ end }}{{ include "n" (dict "x" .Values.a.b "y" .Values.l) }}', [("a", "b")]),
        ("v{{ index (list .Values.a.b .Values.l) 0 }}", [("a", "b"), ("l",)]),
        ('v{{ get .Values.a "b" }}', [("a", "b")]),
        ('v{{ index .Values "a" "b" }}', [("a", "b")]),
        ('v{{ dig "b" "none" .Values.a }}', [("a", "b")]),
        ('v{{ .Values.a.c | default .Values.a.b }}', [("a", "b"), ("a", "c")]),
        ("v{{ ternary .Values.a.b 1 true }}", [("a", "b")]),
        ('v{{ (pick .Values.a "b").b }}', [("a", "b")]),
        ('{{ $d := merge (dict) .Values.a }}v{{ $d.b }}', [("a", "b")]),
        ('{{ $d := mergeOverwrite (deepCopy .Values.m) .Values.a }}v{{ $d.b }}', [("a", "b")]),
        ('{{ $d := deepCopy .Values.a }}v{{ $d.b }}', [("a", "b")]),
        ('{{ $d := dict }}{{ $_ := set $d "x" .Values.a.b }}v{{ $d.x }}', [("a", "b")]),
        ("v{{ .Values.a.b | upper | quote }}", [("a", "b")]),
        ('v{{ tpl "{{ .Values.a.b }}" . }}', [("a", "b")]),
        ('{{ define "n" }}{{ .Values.a.b }}{{ end }}v{{ include "n" . | b64enc }}', [("a", "b")]),
    ],
)  # fmt: skip
def test_the_values_behind_what_is_printed_are_known(text, reads):
    made, engine = rendered(text, {"a": {"b": "text"}, "l": ["one", "two"], "m": {"b": "other"}})
    assert not engine.errors
    assert made.error is None
    assert sorted(made.text.origin_at(made.text.index("v") + 1).origin.reads) == sorted(reads)


def test_each_node_that_to_yaml_prints_stands_at_its_own_value():
    made, _ = rendered(
        "{{ toYaml (merge (dict) .Values.a (dict `c` .Values.l)) }}", {"a": {"b": {"x": 1.0}}, "l": ["one"]}
    )
    assert made.text == "b:\n  x: 1\nc:\n- one"
    for sign, path in (("b:", ("a", "b")), ("x:", ("a", "b", "x")), ("one", ("l", 0))):
        assert made.text.origin_at(made.text.index(sign)).origin.value == path


def test_literal_text_keeps_its_place_through_functions():
    helper = '{{ define "n" }}\nkey: value\n\nlast: one{{ end }}'
    text = 'a:{{ include "n" . | trim | replace "one" "two" | nindent 2 }}'
    made, _ = rendered(text, helper=helper)
    for sign in ("key", "value", "last"):
        found = made.text.origin_at(made.text.index(sign))
        assert (found.file, found.offset, found.origin.literal) == ("helper", helper.index(sign), True)


@pytest.mark.parametrize(
    "way",
    [
        '{{ include "n" . | fromYaml | toYaml }}',
        '{{ include "n" . | fromYaml | toJson | fromJson | toYaml }}',
        '{{ mergeOverwrite (include "n" . | fromYaml) (dict "more" true) | toYaml }}',
        '{{ mergeOverwrite (dict "more" true) (include "n" . | fromYaml) | toYaml }}',
        '{{ omit (include "n" . | fromYaml | deepCopy) "last" | toYaml }}',
        '{{ include "n" . | fromYaml | toJson }}',
    ],
)
def test_what_was_read_from_a_text_and_printed_anew_keeps_its_place(way):
    helper = """{{ define "n" }}
key: 'value'
inner:
  other: {{ .Values.other }}
{{ toYaml .Values.m }}
last: one{{ end }}"""
    made, _ = rendered(way, {"other": 3.0, "m": {"k": {"z": "v"}}}, helper=helper)
    for sign in ("key", "value", "inner", "other"):
        at = made.text.index(sign)
        found = made.text.origin_at(at - 1 if made.text[at - 1] == '"' else at)
        if sign == "value":
            assert helper[found.offset :].startswith("'value'")
            assert found.origin.again
        else:
            assert (found.file, found.offset, found.origin.literal) == ("helper", helper.index(sign), True)
    three = made.text.origin_at(made.text.index("3"))
    assert (three.offset, three.origin.reads) == (helper.index("{{ .Values.other"), (("other",),))
    inner = made.text.origin_at(made.text.index("z: v" if "z: v" in made.text else '"z"'))
    assert (inner.origin.value, inner.origin.is_key) == (("m", "k", "z"), True)


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ('printf "%99999999d x" 1', "%!(NOVERB)%!(EXTRA int=1)"),
        ('printf "a%+[1].0p" 1.0', "a%!p(BADINDEX)"),
        ('printf "%[3]d" 1', "%!d(BADINDEX)"),
        ('printf "%.2[1]d" 1', "01"),
        ('printf "%[2]*[1]d" 2 6', "     2"),
        ('printf "%-12.*d" nil nil', "%!(BADPREC)%!d(<nil>)"),
        ('printf "%#2.0O" 3', "0o03"),
        ('printf "%#g|%#.3g" 1e6 0.0', "1.00000e+06|0.00"),
        ('printf "%#v" (list 1 nil "a")', '[]interface {}{1, interface {}(nil), "a"}'),
        ('printf "%." 3', "%!.(int=3)"),
        ('printf "%5"', "%!(NOVERB)"),
        ('toDate "2006 2006" "2024 2024" | date "2006"', "2024"),
        ('regexFindAll "a" (repeat 60000 "a") 2', "[a a]"),
        ("range $v := add1 1 }}{{ kindOf $v }} {{ end", "int64 int64 "),
        ('fromJsonArray "1"', "[json: cannot unmarshal number into Go value of type []interface {}]"),
    ],
)
def test_answers_as_go_where_arguments_do_not_fit(call, answer):
    made, _ = rendered("{{ " + call + " }}")
    assert made.text == answer


def test_what_is_random_or_asks_outside_is_the_same_in_every_run():
    text = '{{ randAlphaNum 8 }} {{ uuidv4 }} {{ now | date "2006" }} {{ lookup "v1" "Pod" "a" "b" }} {{ getHostByName "a" }}|'
    assert (
        rendered(text)[0].text == rendered(text)[0].text == "kubetria facade00-feed-4ace-8bad-c0ffeec0ffee 2024 map[] |"
    )


def test_keys_stand_as_they_were_written():
    assert rendered("{{ keys .Values }}", {"b": 1.0, "a": 2.0})[0].text == "[b a]"


def test_a_copy_of_the_whole_context_keeps_helms_own_objects():
    class Named:
        name = "a"

    class Files(dict):
        def __init__(self, files):
            super().__init__({file.name: file for file in [*files, Named()]})

        def call_method(self, name, arguments):
            return f"{name} of {arguments[0]}"

    engine = Engine({"t": '{{ $c := deepCopy . }}{{ $c.Files.Get "a" }} {{ $c.Values.x }}'})
    made = engine.render("t", {"Values": {"x": "y"}, "Files": Files([])})
    assert made.error is None
    assert made.text == "Get of a y"
