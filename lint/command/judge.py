"""The judgement on what was gathered: the engine's findings, said once, at their levels, with the user's ignores applied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kubetrial.lint import engine
from kubetrial.lint.command import divided
from kubetrial.lint.command.gather import Gathered
from kubetrial.lint.engine import Checked, Text
from kubetrial.lint.finding import Category, Finding
from kubetrial.lint.parallel import cores
from kubetrial.lint.values.records import replace

if TYPE_CHECKING:
    from kubetrial.lint.build.division import Division


def judged_at_each(given: Gathered) -> tuple[dict[int, list[Finding]], Checked]:
    """What was gathered, judged at each of its minors: the findings by minor, in order."""
    from kubetrial.lint.objects.copies import said_once

    checked = _checked(given, given.texts, given.context)
    said = _said_at_each(given, given.texts, given.context, checked)
    return {minor: engine.in_order(said_once(findings, checked.annotated)) for minor, findings in said.items()}, checked


def judged(given: Gathered, texts: Sequence[Text], context: Sequence[Text]) -> tuple[list[Finding], Checked]:
    """The findings on texts, in order; they are those that were gathered, fixed ones or older ones."""
    settings = given.settings
    checked = _checked(given, texts, context)
    at = _said_at_each(given, texts, context, checked)
    findings = at[settings.minor]
    if settings.other_minors:
        from kubetrial.lint.settings import minors

        findings = minors.together(at)
    if given.arguments.add_ignores is None:
        from kubetrial.lint.objects.copies import said_once

        findings = said_once(findings, checked.annotated)
    return engine.in_order(findings), checked


def sources_of(
    given: Gathered, texts: Sequence[Text], context: Sequence[Text], findings: Sequence[Finding]
) -> dict[str, str]:
    """The texts by name, and those of the context and of what units are built of in which something was found."""
    return divided.with_sources(_with_sources(texts, context, findings), findings, given.division)


_OF_THE_CLUSTER = (Category.REJECTED, Category.BROKEN, Category.RISKY)


def _said_at_each(
    given: Gathered, texts: Sequence[Text], context: Sequence[Text], checked: Checked
) -> dict[int, list[Finding]]:
    """The findings at each minor as they are said, without those on what nobody applies as it stands."""
    own = given.settings.minor
    at = {own: checked.findings, **checked.others}
    apart = _unapplied([finding for findings in at.values() for finding in findings], given)
    for finding in checked.findings if apart else ():
        if id(finding) in apart:
            checked.skip(apart[id(finding)])
    if apart:
        from kubetrial.lint.command.unapplied import lost_labels

        checked.notes.extend(lost_labels(checked.findings, apart))
    return {
        minor: _said(given, texts, context, [f for f in findings if id(f) not in apart], checked)
        for minor, findings in at.items()
    }


def _unapplied(findings: Sequence[Finding], given: Gathered) -> dict[int, str]:
    """What is not applied as it stands; evidence is sought for files that were found, not named."""
    if all(file.explicit for file in given.discovery.files) or not any(f.category in _OF_THE_CLUSTER for f in findings):
        return {}
    from kubetrial.lint.command.unapplied import unapplied

    return unapplied(findings, given)


def _turned_on(texts: Sequence[Text]) -> frozenset[str]:
    """The apiVersions that the settings of a cluster among the texts turn on."""
    settings = [text.text for text in texts if "runtime" in text.text]
    if not settings:
        return frozenset()
    from kubetrial.lint.files import runtime_config

    return runtime_config.enabled(settings)


def _checked(given: Gathered, texts: Sequence[Text], context: Sequence[Text]) -> Checked:
    """What the engine says of the texts, at each minor that was asked for."""
    settings, division = given.settings, given.division
    among = [*texts, *context]
    divisions: dict[int, Division] = {}
    if division is not None and division.charts:
        # What a chart renders depends on the minor.
        divisions = {
            minor: divided.at_minor(division, texts, given.discovery, given.arguments, replace(settings, minor=minor))
            for minor in settings.other_minors
        }
    return engine.check_texts(
        among,
        engine.Choice(settings.selects, settings.rules, given.entries),
        engine.Known(
            given.whole,
            bool(settings.closed_world),
            settings.external,
            settings.cluster,
            settings.schema_dirs,
            _turned_on(among),
        ),
        minor=settings.minor,
        older=given.older,
        elsewhere=given.elsewhere,
        division=division,
        also=settings.other_minors,
        divisions=divisions,
        jobs=given.arguments.jobs or cores(),
    )


def _said(
    given: Gathered, texts: Sequence[Text], context: Sequence[Text], findings: list[Finding], checked: Checked
) -> list[Finding]:
    """Findings as they are said: once for all units, at the user's levels, without what is ignored."""
    from kubetrial.lint.settings import ignore

    settings, division = given.settings, given.division
    names = {text.name for text in texts}
    if division is not None:
        from kubetrial.lint.build.said_once import merged

        findings = merged(findings, division, names if not given.complete else None)
    findings = [settings.levelled(f) for f in [*given.unread, *findings] if settings.reports(f)]
    if not given.arguments.disable_ignores:
        sources = sources_of(given, texts, context, findings)
        findings = ignore.apply(findings, sources, checked.annotated, settings, given.entries)
    return [f for f in findings if f.file in names or not f.rule.startswith("ignore-") or not given.elsewhere]


def _with_sources(texts: Sequence[Text], context: Sequence[Text], findings: Sequence[Finding]) -> dict[str, str]:
    """The texts by name, and those of the context in which something was found."""
    named = {finding.file for finding in findings}
    return {text.name: text.text for text in (*(each for each in context if each.name in named), *texts)}
