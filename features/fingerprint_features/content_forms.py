"""What code of each language looks like: forms of declaration that the languages do not share."""

from __future__ import annotations

import re

FORMS: dict[str, tuple[str, ...]] = {
    "python": (
        r"^[ \t]*(?:def \w+\(.*\)?.*:|from [\w.]+ import |import \w+$|elif .*:|"
        r"if __name__ ==|print\()",
        r"\bself\.",
        r"^[ \t]*(?:for|while|if|with|try|else|except)\b[^{]*:[ \t]*$",
    ),
    "javascript": (
        r"^[ \t]*(?:const|let|var) [\w{\[]",
        r"=>",
        r"\bfunction\b ?\w*\(",
        r"===",
        r"\brequire\(",
        r"\bconsole\.",
        r"^export (?:default|const|function)",
    ),
    "typescript": (
        r"^[ \t]*(?:export )?(?:interface|type|enum) \w+",
        r"\b\w+\??: (?:string|number|boolean|void|any|unknown)\b",
        r"^import type ",
        r"\bas const\b",
        r"\bconsole\.",
    ),
    "java": (
        r"^[ \t]*(?:public|private|protected) (?:static |final |"
        r"abstract )*(?:class|interface|void|[A-Z]\w*|int|boolean)\b",
        r"^import java",
        r"\bSystem\.out\.",
        r"\bnew [A-Z]\w*<?",
        r"^package [\w.]+;",
        r"@Override",
    ),
    "go": (
        r"^package \w+$",
        r"^func (?:\(\w+ \*?\w+\) )?\w+\(",
        r":=",
        r"^import \(",
        r"\bfmt\.\w+\(",
        r"\berr != nil\b",
    ),
    "rust": (
        r"\bfn \w+(?:<[^>]*>)?\(",
        r"\blet (?:mut )?\w+",
        r"\bimpl\b",
        r"^use [\w:]+",
        r"::\w+\(",
        r"\b\w+!\(",
        r"&mut ",
        r"-> Result",
    ),
    "cpp": (
        r"^#include <\w+>$",
        r"\bstd::",
        r"\bcout ?<<",
        r"\bcin ?>>",
        r"^using namespace",
        r"\btemplate ?<",
        r"\bvector<",
        r"::\w+\(",
    ),
    "c": (
        r"^#include [<\"]\w+\.h[>\"]",
        r"\bprintf\(",
        r"\b(?:int|void|char|static|struct) \*?\w+\(.*\)\s*\{?$",
        r"->\w+",
        r"\bsizeof\(",
        r"\bNULL\b",
    ),
    "csharp": (
        r"^using [\w.]+;",
        r"^[ \t]*namespace [\w.]+",
        r"\bConsole\.Write",
        r"\{ get; ",
        r"\bvar \w+ = new ",
        r"\bpublic (?:async |override |static )*\w+ [A-Z]\w*\(",
        r"\bstring\b",
    ),
    "ruby": (
        r"^[ \t]*(?:def \w+[?!]?(?:\(.*\))?$|end$|require ['\"]|attr_\w+ :|"
        r"puts |module [A-Z]|class [A-Z]\w*(?: < \w+)?$)",
        r"\bdo \|\w+",
        r"@\w+ =",
    ),
    "php": (
        r"<\?php",
        r"\$\w+ ?=",
        r"\$this->",
        r"\bfunction \w+\(.*\$",
        r"^[ \t]*(?:public|private|protected) function",
        r"\becho ",
    ),
    "kotlin": (
        r"\bfun \w+\(",
        r"\bval \w+",
        r"\bprintln\(",
        r"\bdata class\b",
        r"^[ \t]*override fun",
        r"\bwhen ?\(",
        r"\?\.\w+",
        r"\bListOf\b",
        r"\bnull\b.*\?:",
    ),
    "html": (
        r"^<!DOCTYPE html",
        r"^[ \t]*</?(?:html|head|body|div|script|style)\b",
    ),
    "css": (
        r"^[ \t]*[.#]?[\w-]+ \{$",
        r"^[ \t]*[\w-]+: [^;{]+;$",
    ),
}
"""Regular expressions a language; each hit in a sample is one vote for it."""

PATTERNS = tuple((name, re.compile("|".join(forms), re.MULTILINE)) for name, forms in FORMS.items())
"""Each language's forms as one pattern."""
