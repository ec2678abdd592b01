"""What the columns of layout, spacing, names at large and the syntax tree are called."""

from __future__ import annotations

from fingerprint_models.phrases import Kind, Phrase

FUNCTIONS = "of functions"


def _share(what: str, unit: str, base: str = "", lack: str = "") -> Phrase:
    return Phrase(what, Kind.SHARE, unit, base=base, lack=lack)


def _number(what: str, unit: str, base: str = "", lack: str = "") -> Phrase:
    return Phrase(what, Kind.NUMBER, unit, base=base, lack=lack)


def _either(one: str, other: str) -> Phrase:
    return Phrase(one, Kind.PREFERENCE, other=other)


_BLANKS = ("layout.blank_share", "no blank lines here")
_FUNCTIONS = ("tree.functions", "no functions here")
_IMPORTS = ("tree.imports", "no imports here")

LAYOUT: dict[str, Phrase] = {
    "lines": Phrase("length of the text", Kind.LOG, "lines"),
    "line_mean": _number("average length of a line", "bytes"),
    "line_spread": _number("spread of line lengths (standard deviation)", "bytes"),
    "line_q50": _number("length of the middle line by length (median)", "bytes"),
    "line_q90": _number("length that nine in ten lines keep below", "bytes"),
    "line_max": _number("longest line", "bytes"),
    "line_over_79": _share("lines longer than 79 bytes", "of lines"),
    "line_over_99": _share("lines longer than 99 bytes", "of lines"),
    "indent_unit_2": _share("indents by 2 columns", "of indents"),
    "indent_unit_3": _share("indents by 1 or 3 columns", "of indents"),
    "indent_unit_4": _share("indents by 4 columns", "of indents"),
    "indent_unit_8": _share("indents by 8 columns", "of indents"),
    "indent_entropy": _number("how mixed the depths of indents are (0: all alike)", "bits"),
    "indent_off_modal": _share("lines indented out of step with the usual indent", "of lines"),
    "indent_tabs": _either("lines indented by tabs", "lines indented by spaces"),
    "indent_mean": _number("average indent", "levels"),
    "indent_max": _number("deepest indent", "levels"),
    "blank_share": _share("blank lines", "of lines"),
    "blank_runs": Phrase("places with blank lines", Kind.PER_LINE, "per 100 lines of code"),
    "blank_run_mean": _number("blank lines in a row, on average", "lines", *_BLANKS),
    "blank_run_2": _share("gaps of two blank lines or more", "of gaps", *_BLANKS),
    "blank_inside": _share("gaps before an indented line", "of gaps", *_BLANKS),
    "blank_after_open": _share("gaps right after a line that opens a block", "of gaps", *_BLANKS),
    "blank_spacing_spread": _number(
        "spread of the stretches of code between blank lines (standard deviation)", "lines"
    ),
    "blank_spacing_mean": _number("average stretch of code between blank lines", "lines"),
    "trailing_space": _share("lines with white space at their end", "of lines that are not blank"),
    "blank_with_space": _share("blank lines that hold white space", "of blank lines", *_BLANKS),
}

SPACING: dict[str, Phrase] = {
    "assign_spaced": _either("`=` with a space before it", "`=` without a space before it"),
    "comma_spaced": _either("commas followed by a space", "commas without a space behind"),
    "colon_spaced": _either("colons followed by a space", "colons without a space behind"),
    "arithmetic_spaced": _either(
        "`+ - * / %` with a space before them", "`+ - * / %` without a space before them"
    ),
    "compare_spaced": _either(
        "`<` and `>` with a space before them", "`<` and `>` without a space before them"
    ),
    "bracket_padded": _either(
        "round brackets with a space inside", "round brackets without a space inside"
    ),
    "brace_padded": _either(
        "curly braces with a space inside", "curly braces without a space inside"
    ),
    "keyword_paren": _either(
        "`if (` and the like with a space", "`if(` and the like without a space"
    ),
    "brace_own_line": _either(
        "opening braces on a line of their own", "opening braces at the end of a line"
    ),
    "else_own_line": _either(
        "`else` or `catch` on a line of its own", "`else` or `catch` behind the closing brace"
    ),
    "quote_single": _either("strings in single quotes", "strings in double quotes"),
    "quote_back": _share("back-ticks", "of quotation marks"),
    "quote_triple_single": _either("triple single quotes", "triple double quotes"),
    "trailing_comma": _either(
        "lists over several lines that end in a comma", "lists over several lines without a comma"
    ),
    "semicolon_end": _share("lines that end in a semicolon", "of lines"),
    "line_end_brace": _share("lines that end in `{`", "of lines"),
    "line_end_comma": _share("lines that end in a comma", "of lines"),
    "line_end_operator": _either(
        "broken lines with the operator or dot at the end",
        "broken lines with the operator or dot at the start",
    ),
    "statement_joined": _share("semicolons with code behind them", "of semicolons"),
    "double_space": Phrase("double spaces inside a line", Kind.PER_LINE, "per 100 lines"),
    "aligned": _share("lines aligned by spaces before `=`, `:` or a comment", "of lines"),
    "digits": _share("digits", "of the code's visible bytes"),
    "uppercase": _share("capital letters", "of letters in code"),
    "non_ascii": _share("bytes outside ASCII", "of the code's visible bytes"),
}

NAMES: dict[str, Phrase] = {
    "leading_underscore": _share("names that start with an underscore", "of declared names"),
    "with_digit": _share("names that hold a digit", "of declared names"),
    "abbreviated": _share(
        "short words in names (three letters or fewer, or no vowel)", "of words in names"
    ),
    "long_words": _share("long words in names (eight letters or more)", "of words in names"),
    "word_richness": _number(
        "variety of the words in names", "(Guiraud: distinct words over the root of all words)"
    ),
    "identifier_richness": _number(
        "variety of names", "(Guiraud: distinct names over the root of all uses)"
    ),
    "identifier_length": _number("average length of a name or keyword", "characters"),
    "identifier_entropy": _number("how evenly names are used (0: only one)", "bits"),
    "identifier_once": _share("names used only once", "of names and keywords"),
    "all_snake": _share("names in snake_case", "of all uses of names and keywords"),
    "all_camel": _share("names in camelCase", "of all uses of names and keywords"),
    "all_single": _share("names of one letter", "of all uses of names and keywords"),
    "name_repeat": _number("average uses of a name or keyword", "times"),
}

TREE: dict[str, Phrase] = {
    "nodes": _number("syntax nodes in a line", "per line"),
    "tokens": _number("tokens in a line", "per line"),
    "depth_mean": _number("average nesting of a token in the syntax tree", "levels"),
    "depth_spread": _number("spread of the nesting of tokens (standard deviation)", "levels"),
    "depth_q90": _number("nesting that nine in ten tokens keep below", "levels"),
    "depth_max": _number("deepest nesting of a token", "levels"),
    "branching_mean": _number("average parts of a syntax node", "parts"),
    "branching_spread": _number(
        "spread of the parts of a syntax node (standard deviation)", "parts"
    ),
    "branching_1": _share("syntax nodes with a single part", "of inner nodes"),
    "branching_5": _share("syntax nodes with more than five parts", "of inner nodes"),
    "errors": _share("syntax that does not parse", "of nodes"),
    "functions": _number("functions", "per 100 lines"),
    "function_lines": _number("average length of a function", "lines", *_FUNCTIONS),
    "function_variance": _number(
        "how much functions differ in length (0: all alike)", "squared variation", *_FUNCTIONS
    ),
    "function_share": _share("code inside functions", "of lines", *_FUNCTIONS),
    "function_max": Phrase(
        "longest function", Kind.LOG, "lines", base=_FUNCTIONS[0], lack=_FUNCTIONS[1]
    ),
    "parameters": _number("parameters", "per function", *_FUNCTIONS),
    "returns": _number("returns", "per function", *_FUNCTIONS),
    "early_returns": _share(
        "returns before the end of their function", "of returns", "roles.role_return",
        "no returns here",
    ),
    "guards": _share("functions that open with a condition", FUNCTIONS, *_FUNCTIONS),
    "nested_functions": _share("functions inside another function", FUNCTIONS, *_FUNCTIONS),
    "methods": _share("functions inside a class", FUNCTIONS, *_FUNCTIONS),
    "condition_depth": _number("conditions and loops around a condition or loop", "on average"),
    "complexity": _number(
        "conditions, loops, handlers and ternaries", "per function", *_FUNCTIONS
    ),
    "else_share": _number("else branches", "per condition", "roles.role_if", "no conditions here"),
    "tries_share": _share("functions with error handling", FUNCTIONS, *_FUNCTIONS),
    "call_length": _number("average length of a call with its arguments", "bytes"),
    "chain": _share("calls on the result of another call", "of calls"),
    "string_length": _number("average length of a string literal", "bytes"),
    "string_spread": _number("spread of string lengths (standard deviation)", "bytes"),
    "number_small": _share("numbers that are 0, 1 or 2", "of number literals"),
    "main_guard": Phrase("an entry point (main function or main guard)", Kind.FLAG),
    "annotated": _share(
        "parameters with a built-in, generic or annotated type", "of parameters", *_FUNCTIONS
    ),
    "statements_top": _share(
        "top-level statements that are neither declarations nor imports", "of top-level nodes"
    ),
    "imports": _number("imports", "per 100 lines"),
    "imports_head": _share("imports before any function or class", "of imports", *_IMPORTS),
    "imports_unused": _share("imported names that are not used", "of imported names", *_IMPORTS),
    "import_star": _share("imports of everything (`*`)", "of imports", *_IMPORTS),
    "import_from": _share("imports that name what they take", "of imports", *_IMPORTS),
    "imports_sorted": Phrase("imports in alphabetical order (two or more)", Kind.FLAG),
}  # fmt: skip
