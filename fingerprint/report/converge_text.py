"""A comparison over time as plain text and as Markdown; nothing is computed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fingerprint.cli.render import printable
from fingerprint.drift.convergence.record import Convergence, Staleness
from fingerprint.report import converge_across, text_tables
from fingerprint.report import converge_words as words
from fingerprint.report.converge_tables import tables
from fingerprint.report.converge_verdict import advice, due, nothing, verdict
from fingerprint.report.converge_words import counted, known, number, signed
from fingerprint.report.text_tables import escaped

_RIVALS = {"refit": "a refit", "others": "a refit to other models"}


def lines(found: Convergence) -> Iterator[str]:
    """Yield the verdict, the answers, what to mind, and aligned tables, without line ends."""
    told = (verdict(found), *answers(found), f"What to do next: {advice(found)}")
    yield from map(printable, told)
    yield from (f"note: {printable(each)}" for each in notes(found))
    yield from text_tables.plain(tables(found))


def markdown(found: Convergence, level: int = 2) -> Iterator[str]:
    """Yield the lines of a page, its headings from `level` on."""
    yield f"**{escaped(verdict(found))}**"
    yield ""
    told = (*answers(found), f"What to do next: {advice(found)}")
    yield from (f"- {escaped(each)}" for each in told)
    yield from text_tables.markdown(tables(found), level)
    yield from ("", f"{'#' * level} What to mind", "")
    yield from (f"- {escaped(each)}" for each in notes(found))


def answers(found: Convergence) -> Iterator[str]:
    """Yield what was asked, answered in a sentence each; nothing where nothing was compared."""
    if nothing(found):
        return
    yield from _families(found)
    yield from _human(found)
    yield from converge_across.answers(found.across)
    yield from _ageing(found)


def notes(found: Convergence) -> Iterator[str]:
    """Yield what a reader must know, what is missing, and what was compared."""
    yield from (*found.notes, *converge_across.notes(found.across), *missing(found))
    yield (
        f"{counted(found.samples, 'sample')} of "
        f"{counted(len(found.families), 'family', 'families')} from "
        f"{counted(len(found.sources), 'source')}, by {found.by}; "
        f"{counted(found.settings['draws'], 'draw')}, "
        f"{counted(found.settings['replicates'], 'replicate')}, seed {found.settings['seed']}. "
        "Intervals are 95 % unless 99 % is said."
    )


def _families(found: Convergence) -> Iterator[str]:
    whole = found.pooled[0]
    over = (
        f" over {counted(whole.series, 'pair')} in a source with two periods or more"
        f"{words.span(whole.periods)}"
    )
    yield f"Did the families converge? {words.trend(whole)}{over if whole.series else ''}."
    if whole.series:
        yield f"In which features? {words.groups(found.pooled[1:])}."


def _human(found: Convergence) -> Iterator[str]:
    asked = "Do people and AI of one source converge?"
    if not (found.human and found.human[0].series):
        yield f"{asked} Not shown: no source has both at shared tasks in two periods."
        return
    yield f"{asked} {words.trend(found.human[0])}."
    yield f"In which features? {words.groups(found.human[1:])}."


def _ageing(found: Convergence) -> Iterator[str]:
    stale = found.staleness
    asked = "Does a model fitted on the first period fall behind?"
    if not known(stale.gap):
        yield f"{asked} Not shown: no pair of families in one source has a later period."
        return
    yield f"{asked} {stale.verdict.capitalize()}: {_behind(stale)}."
    if known(stale.novelty):
        yield (
            "What does it cost to meet a model that was not trained on, whatever its age? "
            f"{number(stale.novelty)} of balanced accuracy."
        )
    if told := list(_speed(stale)):
        yield f"How fast? {'; '.join(told)}."
    yield f"When to retrain, to win back {stale.share:.0%} of the edge? {_by(found)}."


def _behind(stale: Staleness) -> str:
    edge = f", where the edge over chance at age 0 is {number(stale.edge)}"
    told = (
        f"a refit gains {signed(stale.gap)} of balanced accuracy in later periods"
        f"{edge if known(stale.edge) else ''}"
    )
    if stale.basis == "refit":
        return f"{told}{words.ends(stale.strict)}"
    new = "as all models of a later period are new"
    if not known(stale.ageing):
        return f"{told}; a refit to other models of the same period is needed, {new}, and none is"
    return (
        f"{told}; a refit to other models of the same period gains {signed(stale.ageing)}. The "
        f"verdict goes by the second, {new}{words.ends(stale.strict)}"
    )


def _speed(stale: Staleness) -> Iterator[str]:
    if known(stale.lost_a_year):
        yield f"The frozen model loses {number(stale.lost_a_year)} of accuracy a year"
    if known(stale.behind_a_year):
        who = "it" if known(stale.lost_a_year) else "The frozen model"
        rival = _RIVALS[stale.basis]
        yield f"{who} falls behind {rival} by {number(stale.behind_a_year)} a year"


def _by(found: Convergence) -> str:
    if known(found.staleness.retrain_by):
        return f"At the age of {due(found)}"
    if found.staleness.behind_a_year.low > 0:
        return "Not shown: there is no edge to win back"
    return "Not shown: the loss a year may be nought"


def missing(found: Convergence) -> Iterator[str]:
    """Yield how many pairs are not shown, alone or at all, and why."""
    single = [each for each in found.pairs if each.group == "all" and each.series and each.why]
    for why, many in Counter(each.why for each in single).items():
        counts = "counts" if many == 1 else "count"
        yield f"{counted(many, 'pair')} with {why} {counts} in the trend of all, not alone."
    if not found.missing:
        return
    reasons = Counter(
        "too few shared tasks" if "task" in each.why else "too few samples of a family"
        for each in found.missing
    )
    told = ", ".join(f"{count:,} for {reason}" for reason, count in reasons.most_common())
    yield f"Pairs of a source and period that are not shown: {told}."
