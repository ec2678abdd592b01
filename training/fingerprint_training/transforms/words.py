"""Neutral words to put in the place of an author's own."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

_LIST = """
a e o u y
an as at be by do go he in is it me my no of on so to up us we
and any but can day few had has how let may not now one our out own see she the two use was who
area away back bird blue boat book calm city cold come corn deer desk door down east
even farm fish flat fold foot gate gold gray half hall hand hill home iron lake lamp leaf
moon much near noon park pond rain ride rock roof rope sand silk snow soft soil star
stone tower under water wheel wheat world young amber birch brick brook cabin cedar
cloud coral glass grass green house hover light linen maple metal north ocean olive paper
pearl plain plant river sheep shore south spoon steel sugar summer anchor autumn barrel
basket bridge candle canyon carpet castle copper cotton desert dinner donkey
engine flower forest garden hammer harbor island jungle kettle ladder meadow mirror
orange pebble pencil pepper pillow planet pocket ribbon saddle shadow silver spring stream
temple timber tunnel velvet violet walnut willow winter yellow balcony blanket bottle
cabinet chimney compass cottage country feather glacier harvest journey kitchen lantern
morning mustard orchard outside pasture pottery quarter rainbow sparrow station sunrise thunder
village volcano weather whisper chestnut dolphins envelope favorite highland hospital lavender
mountain painting pavement railroad sandwich seashore sunlight tortoise umbrella
vineyard backwards butterfly chocolate daffodils dragonfly landscape limestone moonlight
mushrooms parchment sandstone sheltered somewhere tangerine waterfall wandering blackberry
centimeter downstream everywhere friendship grapefruit lighthouse peppermint sunflowers
thunderous watercress woodpecker countryside grasshopper hummingbird marketplace salamanders
nightingale strawberries thoroughbred refrigerator neighborhood thunderstorms
"""
WORDS: tuple[str, ...] = tuple(sorted(set(_LIST.split()), key=lambda word: (len(word), word)))
"""Everyday words without a meaning in programs, by length; no language has one as a keyword that
a name is made of."""

_SHORTEST_IN_NAMES = 4
NAME_WORDS: tuple[str, ...] = tuple(word for word in WORDS if len(word) >= _SHORTEST_IN_NAMES)
"""The words that new names are made of."""

_BY_LENGTH: Mapping[int, tuple[str, ...]] = {
    length: tuple(word for word in WORDS if len(word) == length)
    for length in sorted({len(word) for word in WORDS})
}
_LONGEST = max(_BY_LENGTH)


def like(word: str, rng: np.random.Generator) -> str:
    """Return a neutral word of the same length, as far as there is one, and of the same case."""
    group = _BY_LENGTH[min(len(word), _LONGEST)]
    new = group[int(rng.integers(len(group)))]
    if len(word) > 1 and word.isupper():
        return new.upper()
    return new.capitalize() if word[0].isupper() else new
