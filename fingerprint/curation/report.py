"""What a mix contains, as lines for a terminal and as a block of a data card."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan
from textwrap import fill

from fingerprint.curation.curate import Curated
from fingerprint.curation.mix_files import TOGETHER
from fingerprint.curation.rules import HUMAN, KEPT, NAMES
from fingerprint.curation.shards import AI
from fingerprint.curation.shares import Mix
from fingerprint.curation.tables import aligned, count, markdown, of_all, percent, with_interval
from fingerprint.curation.together import Together
from fingerprint_models.near_copies import NEAR
from fingerprint_models.pooling import FEWEST_POOLED
from fingerprint_models.prevalence import FEWEST

WIDTH = 100

UNCORRECTED = (
    "Shares are the mean answers of the model, not corrected for its errors (the model that "
    "labelled the rows, or what is known of its errors, is not at hand); the 95 % intervals tell "
    "of sampling only."
)
CHOSEN = (
    "These rows were chosen by their answers, by `fingerprint curate`, or by `fingerprint label` "
    "with `--where` or `--keep`, so their shares cannot be told from the answers any more: those "
    "given are plain mean answers, and flatter. What a mix was estimated to hold stands in the "
    "card that `curate` wrote with it."
)


def text(told: Curated) -> str:
    """Return what `fingerprint curate` prints."""
    lines = [f"{told.out}: {_kept(told)}", ""]
    lines += [aligned([("rule", "rows", "share"), *_rules(told)]), ""]
    lines += [aligned([_head(told), *_shares(told)]), ""]
    return "\n".join([*lines, *(fill(each, WIDTH) for each in _remarks(told))])


def block(told: Curated, command: str) -> str:
    """Return the block of the mix's data card; `command` is what made it."""
    parts = [
        "## How this mix was made",
        f"{_kept(told)}, labelled by {', '.join(told.models) or 'no model'}.",
        markdown(("rule", "rows", "share"), _rules(told)),
        "Rules apply in this order, and a row counts for the first that removes it.",
        "## Who wrote it",
        markdown(_head(told), _shares(told)),
        *_remarks(told),
        "## How to make it again",
        f"```sh\n{command}\n```",
        "The same rows give the same mix, in whatever order they come.",
    ]
    return "\n\n".join(parts)


def warnings(told: Curated) -> Iterator[str]:
    """Yield what a user would otherwise find out later."""
    floor = told.rules.human_floor
    if told.kept == 0:
        yield "no row is left: loosen a rule"
    elif floor is not None and not told.expected_human >= floor:
        yield (
            f"the human floor of {percent(floor)} is not reached: {_expected(told)} is expected "
            "with every probable AI row removed; add human code, or give --max-ai"
        )
    if told.chosen:
        yield "shares are not corrected: the rows were chosen by their answers before"
    elif not told.mix.corrected:
        yield (
            f"shares are not corrected: nothing is known of the errors of "
            f"{' and '.join(told.models) or 'no model'}; name its folder with --model"
        )


def basis(mix: Mix, *, chosen: bool) -> str:
    """Return what shares rest on, in words; `chosen` rows were so by their answers."""
    if chosen:
        return CHOSEN
    if not mix.corrected:
        return UNCORRECTED
    sources = f"{mix.sources:.1f}".removesuffix(".0")
    return (
        "Human against AI is estimated for all rows together, corrected for how the model is "
        "mistaken on sources it never saw; families share the AI side as its answers do. 95 % "
        f"intervals, for code out of what counts as {sources} "
        f"source{'' if sources == '1' else 's'} of one size: the fewer, the less is known."
    )


def _kept(told: Curated) -> str:
    share = of_all(told.kept, told.rows)
    return f"{count(told.kept)} of {count(told.rows)} rows kept ({share})"


def _rules(told: Curated) -> list[tuple[str, str, str]]:
    """Return the rules that were asked for, with the rows that each removed, and what is left."""
    rules = told.rules
    asked = (
        ("not scored: fp_status is not ok", not rules.keep_unscored),
        (f"likely AI: {_measure(told)} above {rules.max_ai}", rules.max_ai is not None),
        ("exact copy: the same but for white space", rules.copies != "none"),
        (f"near copy: similarity {NEAR} or more", rules.copies == "near"),
        (f"family cap: {_caps(told)}", bool(rules.caps)),
        (f"human floor: {rules.human_floor}", rules.human_floor is not None),
    )
    lines = [
        (words, count(told.by_rule[name]), of_all(told.by_rule[name], told.rows))
        for (words, is_asked), name in zip(asked, NAMES[1:], strict=True)
        if is_asked
    ]
    return [*lines, (NAMES[KEPT], count(told.kept), of_all(told.kept, told.rows))]


def _caps(told: Curated) -> str:
    return ", ".join(f"{name} {percent(share)}" for name, share in told.rules.caps.items())


def _head(told: Curated) -> tuple[str, ...]:
    weighted = ("mix, by fp_weight",) if told.rules.weight else ()
    return ("written by", "corpus", "mix", *weighted)


def _shares(told: Curated) -> list[tuple[str, ...]]:
    sides = [told.mix.corpus, told.mix.mix, *([told.mix.weighted] if told.rules.weight else [])]
    return [(name, *(with_interval(side, name) for side in sides)) for name in told.classes]


def _remarks(told: Curated) -> Iterator[str]:
    yield basis(told.mix, chosen=told.chosen)
    if told.mix.mix is None:
        yield f"No shares are given where fewer than {FEWEST} rows were scored."
    if HUMAN in told.classes:
        yield f"Mean of 1 - {_measure(told)} in the mix: {_expected(told)}."
    if told.together is not None:
        yield _grouped(told.together)
    if told.review.known:
        yield f"Post-review code in the mix: {count(told.reviewed)} rows ({_review(told)})."


def _measure(told: Curated) -> str:
    """Return the column that the rules went by."""
    return AI if told.together is None else TOGETHER


def _grouped(together: Together) -> str:
    return (
        f"Rows with one value of {together.column} were judged together: {count(together.rows)} "
        f"in {count(together.groups)} group{'' if together.groups == 1 else 's'} of "
        f"{FEWEST_POOLED} or more scored rows; the others alone. {TOGETHER} is the mean of a row's "
        "own probability of AI and of its group's."
    )


def _expected(told: Curated) -> str:
    return "–" if isnan(told.expected_human) else percent(told.expected_human)


def _review(told: Curated) -> str:
    review = told.review
    survived = f"{review.survived} at least {review.least_days:g}" if review.survived else None
    return ", ".join(each for each in (review.merged, survived) if each)
