"""What a manifest says of a run: what was asked, which pieces are done, which inputs are bad."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa

from fingerprint.labeling.errors import LabelError
from fingerprint.labeling.manifest import Record
from fingerprint.labeling.pieces import Done
from fingerprint.labeling.summary import Summary

Identity = Mapping[str, Any]


class OtherRunError(LabelError):
    """A run of another command, or on other inputs, is at the same output."""


@dataclass
class State:
    """A run so far, as its records tell."""

    settings: Mapping[str, Any] | None = None
    inputs: list[Identity] = field(default_factory=list)
    read: pa.Schema | None = None
    written: pa.Schema | None = None
    overwrite: bool = False
    joining: bool = False
    done: dict[tuple[int, int], Done] = field(default_factory=dict)
    bad: dict[int, str] = field(default_factory=dict)
    finished: Mapping[str, Any] | None = None
    summary: Summary = field(default_factory=Summary)

    def take(self, record: Record) -> None:
        """Take a record into account."""
        match record:
            case {"begin": begun}:
                self.settings, self.inputs = begun["settings"], list(begun["inputs"])
                self.read, self.written = to_schema(begun["read"]), to_schema(begun["written"])
                self.overwrite = bool(begun["overwrite"])
            case {"done": fields}:
                done = Done(**fields)
                self.forget(done.key)
                self.done[done.key] = done
                self.summary.add(done)
            case {"bad": [index, message]}:
                self.bad[index] = message
            case {"again": [index, identity]}:
                self.bad.pop(index, None)
                changed = self.inputs[index] != identity
                self.inputs[index] = identity
                for key in [key for key in self.done if changed and key[0] == index]:
                    self.forget(key)
            case {"joining": _}:
                self.joining = True
            case {"finished": what}:
                self.finished = what

    def forget(self, key: tuple[int, int]) -> None:
        """Count a piece as not done."""
        earlier = self.done.pop(key, None)
        if earlier is not None:
            self.summary.add(earlier, -1)

    def weight(self) -> int:
        """Return the bytes of inputs that are done."""
        return sum(done.weight for done in self.done.values())


def state_of(records: Iterable[Record]) -> State:
    """Return the run that records tell of."""
    state = State()
    for record in records:
        state.take(record)
    return state


def begin_record(
    settings: Mapping[str, Any],
    inputs: Sequence[Identity],
    read: pa.Schema,
    written: pa.Schema,
    overwrite: bool,
) -> Record:
    """Return the first record of a run."""
    return {
        "begin": {
            "settings": settings,
            "inputs": list(inputs),
            "read": from_schema(read),
            "written": from_schema(written),
            "overwrite": overwrite,
        }
    }


def done_record(done: Done) -> Record:
    """Return the record of a piece that is done; of its shards, only the sizes are of use later."""
    fields = asdict(done)
    fields["notes"] = []
    fields["shards"] = {role: ("", size) for role, (_, size) in done.shards.items()}
    return {"done": fields}


def check_same(state: State, settings: Mapping[str, Any], out: str) -> None:
    """Raise `OtherRunError`, which says what differs, for a run with other settings."""
    then = state.settings or {}
    for name, now in settings.items():
        if then.get(name) != now:
            raise OtherRunError(
                f"{out} holds a run with {_said(name, then.get(name))}, now {_said(name, now)}: "
                "repeat the first command, name another output, or start over with --overwrite"
            )


def check_inputs(state: State, now: Sequence[Identity], out: str) -> None:
    """Raise `OtherRunError` where an input is new, missing, or has changed since it was labelled.

    One that was bad may change: that is its mend.
    """
    mend = "name the same inputs, another output, or start over with --overwrite"
    before, paths = [each["path"] for each in state.inputs], [each["path"] for each in now]
    if before != paths:
        gone = [path for path in before if path not in paths]
        added = [path for path in paths if path not in before]
        what = f"without {gone[0]}" if gone else f"with {added[0]}" if added else "in another order"
        raise OtherRunError(f"{out} holds a run on other inputs, now {what}: {mend}")
    for index, (then, here) in enumerate(zip(state.inputs, now, strict=True)):
        if then != here and index not in state.bad:
            raise OtherRunError(
                f"{here['path']} has changed since the run in {out} began: start over with "
                "--overwrite"
            )


def from_schema(schema: pa.Schema) -> str:
    """Return a schema as text."""
    return base64.b64encode(schema.serialize()).decode("ascii")


def to_schema(text: str) -> pa.Schema:
    """Return the schema that `from_schema` made text of."""
    return pa.ipc.read_schema(pa.py_buffer(base64.b64decode(text)))


def _said(name: str, value: object) -> str:
    shown = ",".join(map(str, value)) if isinstance(value, list) else value
    return f"no {name}" if shown in (None, "") else f"{name} {shown}"
