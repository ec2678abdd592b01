"""In which languages samples differ: told beside the alarm, and no part of it."""

from __future__ import annotations

from fingerprint.drift.measured import Measured
from fingerprint.drift.monitor.panel import stepped_down
from fingerprint.drift.monitor.pooled import Pooled, centred, standardised
from fingerprint.drift.monitor.statistics import MOST, components, fitting, shift


def by_language(reference: Measured, current: Measured, pooled: Pooled) -> dict[str, float]:
    """Return the p-value of each language that is looked into, adjusted for the other languages.

    The statistic is that of a feature group (`statistics.shift`), over the principal components of
    all columns and the samples of one language.
    """
    used = pooled.used
    if not len(used):
        return {}
    language = pooled.language[used]
    values = centred(standardised(pooled.both(reference.values, current.values)[used]), language)
    scores = components(values, fitting(MOST, pooled.units))
    found = {}
    for code in dict.fromkeys(language.tolist()):
        here = language == code
        found[pooled.languages[code]] = shift(
            pooled.draws.coefficients[:, used[here]], scores[here]
        )
    return {name: adjusted for name, (_, adjusted) in stepped_down(found).items()}
