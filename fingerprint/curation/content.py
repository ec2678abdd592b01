"""What two rows are compared by: a draw of the whole row, a hash and a signature of its code."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rensa import RMinHash

from fingerprint.curation.shards import PREFIX, Batch, Column
from fingerprint_models.near_copies import PERMUTATIONS, SHINGLE, TOKEN

Hashes = npt.NDArray[np.uint64]
Signatures = npt.NDArray[np.uint8]

LONG = 1 << 18
"""Characters beyond which a text is no longer taken apart: the tokens of a file of 100 MB would
fill the memory. Near copies are told by what comes before; exact copies by all of it."""

_MINHASH_SEED = 1
_EMPTY: npt.NDArray[np.uint64] = np.empty(0, dtype=np.uint64)


def texts(column: Column) -> list[str | None]:
    """Return a column of code as text, None where it is null; bytes are read as UTF-8."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    values: list[str | bytes | None] = column.to_pylist()
    return [v.decode("utf-8", "replace") if isinstance(v, bytes) else v for v in values]


def draws(batch: Batch, seed: int) -> Hashes:
    """Return one 64-bit number a row, (n,), from all its columns but those of labelling.

    Evenly spread, the same wherever the row stands and however the columns are ordered, another
    for another seed.
    """
    names = sorted(name for name in batch.schema.names if not name.startswith(PREFIX))
    key = seed.to_bytes(8, "big", signed=True)
    columns = [batch.column(name).to_pylist() for name in names]
    rows = zip(*columns, strict=True) if columns else [()] * batch.num_rows
    return _numbers([repr(row).encode("utf-8", "surrogatepass") for row in rows], key)


def draw_of(names: Sequence[str]) -> Hashes:
    """Return one 64-bit number of each text, (n,)."""
    return _numbers([name.encode("utf-8", "surrogatepass") for name in names], b"name")


def text_keys(codes: Sequence[str | None], otherwise: Hashes) -> Hashes:
    """Return 64 bits that texts share when they differ in white space only, (n,).

    Where there is no text the number in `otherwise` stands. Two of a billion texts share one by
    chance with probability 0.03.
    """
    keys = _numbers([_squeezed(code or "") for code in codes], b"text")
    return np.where([code is None for code in codes], otherwise, keys)


def signatures(codes: Sequence[str | None], otherwise: Hashes) -> Signatures:
    """Return MinHash signatures, (n, `PERMUTATIONS`), one byte of each of the least hashes.

    Where there is no text the bytes of the number in `otherwise` stand, over and over.
    One byte of 32 is enough to compare by (b-bit minwise hashing; Li and König, WWW 2010):
    different hashes agree in it once in 256 times.
    """
    sets = [_shingles(code or "") for code in codes]
    if not sets:
        return np.empty((0, PERMUTATIONS), dtype=np.uint8)
    matrix = RMinHash.digest_matrix_from_token_sets(sets, PERMUTATIONS, _MINHASH_SEED)
    made = np.asarray(matrix.to_rows(), dtype=np.uint32).astype(np.uint8)
    absent = np.array([code is None for code in codes])
    made[absent] = np.tile(otherwise[absent][:, None].view(np.uint8), PERMUTATIONS // 8)
    return made


def mixed(numbers: Hashes, purpose: int) -> Hashes:
    """Return other evenly spread numbers of the same rows, (n,), one set for each purpose.

    What one rule drew by must not decide what the next draws. Finaliser of SplitMix64 (Steele,
    Lea and Flood, OOPSLA 2014).
    """
    z = numbers + np.uint64(purpose * 0x9E3779B97F4A7C15 % 2**64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: Hashes = z ^ (z >> np.uint64(31))
    return result


def _numbers(values: Sequence[bytes], key: bytes) -> Hashes:
    joined = b"".join(hashlib.blake2b(v, digest_size=8, key=key).digest() for v in values)
    return np.frombuffer(joined, dtype=">u8").astype(np.uint64) if values else _EMPTY


def _squeezed(code: str) -> bytes:
    return (" ".join(code[:LONG].split()) + code[LONG:]).encode("utf-8", "surrogatepass")


def _shingles(code: str) -> list[str]:
    """Return the runs of `SHINGLE` tokens; a shorter text is one run."""
    tokens = TOKEN.findall(code[:LONG])
    return [" ".join(tokens[i : i + SHINGLE]) for i in range(max(len(tokens) - SHINGLE + 1, 1))]
