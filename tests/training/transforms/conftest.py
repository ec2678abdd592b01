from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from tree_sitter import Node

from fingerprint_features.grammars import grammar, grammar_for
from fingerprint_training.transforms import TRANSFORMS

Apply = Callable[[str, str], str | None]
Leaves = Callable[[str, str], list[tuple[str, bytes]]]

PYTHON = '''\
#!/usr/bin/env python3
"""Shop prices."""
import json
import os
from math import floor, sqrt


# How a price is rounded.
def rounded(price, step=5):
    """Round down."""
    whole = price // step   # full steps
    return whole * step


# noqa: E501


def total(items, *, tax=0):
    """Add up."""

    sum_of_all = 0
    for item_price in items:
        sum_of_all += rounded(item_price)
    return {"total": sum_of_all, 'tax': tax}
'''

SCRIPT = """\
import { b } from "./b";
import a from './a';

/**
 * Adds the numbers.
 * @param list what to add
 */
function add(list) {
    let sumOfAll = 0; // nothing yet
    for (const one of list) {
        sumOfAll += one;
    }

    return sumOfAll + a(b);
}

// eslint-disable-next-line no-unused-vars
function twice(value) {
    const result = value * 2;


    return result + "x";
}
"""

TYPED = (
    SCRIPT.replace("(list)", "(list: number[]): number")
    .replace("(value)", "(value: number): string")
    .replace("const result", "const result: number")
)

JAVA = """\
package shop;

import java.util.List;
import java.util.Map;

/** Prices of a shop. */
public class Prices {
    private int step = 5;

    // Adds them.
    public int total(List<Integer> items) {
        int sumOfAll = 0;
        for (int price : items) {
            sumOfAll += rounded(price);
        }
        return sumOfAll;
    }

    /* Rounds down. */
    private int rounded(int amount) {
        int whole = amount / step;
        return whole * step;
    }
}
"""

GO = """\
// Package shop holds prices.
package shop

import (
	"fmt"
	"os"
)

//go:noinline
func total(items []int) int {
	sumOfAll := 0
	for _, price := range items {
		sumOfAll += price // one more
	}
	return sumOfAll
}

// Show prints.
func Show(items []int) {
	text := fmt.Sprint(total(items))
	fmt.Fprintln(os.Stdout, text)
}
"""

C = """\
#include <stdio.h>

/* Adds. */
int add(int a, int b) {
    int sum = a + b; // both
    return sum;
}
"""

CSHARP = """\
using System;
using System.Linq;

// Prices.
class Prices {
    int Total(int[] items) {
        return items.Sum();
    }

    void Show(string text) {
        Console.WriteLine(text);
    }
}
"""

RUST = """\
use std::fmt;
use std::io;

/// Adds.
fn add(a: i32, b: i32) -> i32 {
    a + b // both
}

#[inline]
fn twice(a: i32) -> i32 {
    add(a, a)
}
"""

SAMPLES: Mapping[str, str] = {
    "python": PYTHON,
    "javascript": SCRIPT,
    "typescript": TYPED,
    "tsx": TYPED,
    "java": JAVA,
    "go": GO,
    "c": C,
    "cpp": C,
    "csharp": CSHARP,
    "rust": RUST,
}


@pytest.fixture(scope="session")
def samples() -> Mapping[str, str]:
    return SAMPLES


@pytest.fixture(scope="session")
def apply() -> Callable[[str], Apply]:
    by_name = {each.name: each.apply for each in TRANSFORMS}

    def named(name: str) -> Apply:
        return lambda code, language: by_name[name](code, language, 3)

    return named


@pytest.fixture(scope="session")
def leaves() -> Leaves:
    """Return the tokens of a code that parses, comments and white space aside."""

    def of(code: str, language: str) -> list[tuple[str, bytes]]:
        tree = grammar(grammar_for(language, code)).parser.parse(code.encode())
        assert not tree.root_node.has_error
        found: list[tuple[str, bytes]] = []
        nodes: list[Node] = [tree.root_node]
        while nodes:
            node = nodes.pop()
            if "comment" in node.type:
                continue
            text = node.text or b""
            if node.child_count == 0 and text.strip():
                found.append((node.type, text))
            nodes.extend(reversed(node.children))
        return found

    return of
