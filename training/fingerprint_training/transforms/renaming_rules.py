"""Where each language declares local names, how far they reach, and which names stay."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Mapping
from dataclasses import dataclass

Place = tuple[str, str | None]
"""Kind of the parent, and the field of it that is filled; None for no field, "*" for any."""


@dataclass(frozen=True)
class Rules:
    """How names work in a language; all by kinds of node.

    `declares` are the places that declare a name, `wrappers` the patterns that may stand between
    name and place. `scopes` bound a declaration; `members` do too, but what they hold may be
    seen from outside. `stays` are places whose names are never changed, `names` names likewise,
    and `reflection` names whose sheer presence leaves the file as it is. The own names of what
    is in `outside` are known around it, not inside it only.
    """

    declares: frozenset[Place]
    scopes: frozenset[str]
    stays: frozenset[Place]
    members: frozenset[str] = frozenset()
    wrappers: frozenset[Place] = frozenset()
    names: frozenset[bytes] = frozenset()
    reflection: frozenset[bytes] = frozenset()
    outside: frozenset[str] = frozenset()


def _places(text: str) -> frozenset[Place]:
    pairs = (part.partition(".")[::2] for part in text.split())
    return frozenset((kind, name or None) for kind, name in pairs)


def _kinds(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _names(text: str) -> frozenset[bytes]:
    return frozenset(text.encode().split())


PYTHON = Rules(
    declares=_places(
        "parameters lambda_parameters default_parameter.name typed_parameter"
        " typed_default_parameter.name assignment.left augmented_assignment.left"
        " for_statement.left for_in_clause.left as_pattern.alias"
        " named_expression.name function_definition.name"
    ),
    wrappers=_places(
        "pattern_list tuple_pattern list_pattern list_splat_pattern dictionary_splat_pattern"
        " as_pattern_target"
    ),
    scopes=_kinds(
        "function_definition lambda list_comprehension set_comprehension"
        " dictionary_comprehension generator_expression"
    ),
    members=frozenset({"class_definition"}),
    stays=_places(
        "attribute.attribute keyword_argument.name dotted_name.* aliased_import.*"
        " global_statement.* nonlocal_statement.* class_definition.name case_pattern.*"
        " keyword_pattern.* splat_pattern.* type_alias_statement.* type_parameter.*"
    ),
    names=frozenset(
        name.encode()
        for name in (*dir(builtins), *keyword.kwlist, *keyword.softkwlist, "self", "cls")
    ),
    reflection=_names(
        "eval exec locals vars globals dir f_locals co_varnames signature getfullargspec"
        " getargspec __code__ _getframe"
    ),
    outside=frozenset({"function_definition"}),
)

JAVASCRIPT = Rules(
    declares=_places(
        "variable_declarator.name formal_parameters arrow_function.parameter"
        " required_parameter.pattern optional_parameter.pattern catch_clause.parameter"
        " for_in_statement.left function_declaration.name generator_function_declaration.name"
        " function_expression.name"
    ),
    wrappers=_places(
        "array_pattern rest_pattern pair_pattern.value assignment_pattern.left"
        " object_assignment_pattern.left object_pattern"
    ),
    scopes=_kinds(
        "function_declaration generator_function_declaration function_expression"
        " generator_function arrow_function method_definition statement_block for_statement"
        " for_in_statement catch_clause switch_body class_static_block function_type"
        " method_signature function_signature abstract_method_signature call_signature"
        " construct_signature constructor_type"
    ),
    members=frozenset({"class_body", "internal_module", "module"}),
    stays=_places(
        "class_declaration.name class.name import_specifier.* import_clause.*"
        " namespace_import.* import_alias.* export_specifier.* enum_declaration.name"
        " internal_module.name module.name decorator.* nested_identifier.* type_parameter.*"
        " function_signature.name"
    ),
    names=_names("arguments undefined NaN Infinity globalThis window module exports require"),
    reflection=_names("eval Function"),
    outside=frozenset({"function_declaration", "generator_function_declaration"}),
)

JAVA = Rules(
    declares=_places(
        "variable_declarator.name formal_parameter.name lambda_expression.parameters"
        " inferred_parameters enhanced_for_statement.name catch_formal_parameter.name"
        " resource.name instanceof_expression.name"
    ),
    scopes=_kinds(
        "block lambda_expression for_statement enhanced_for_statement method_declaration"
        " constructor_declaration compact_constructor_declaration constructor_body catch_clause"
        " try_with_resources_statement switch_block switch_block_statement_group"
    ),
    members=_kinds(
        "class_body interface_body enum_body enum_body_declarations record_declaration"
        " annotation_type_body"
    ),
    stays=_places(
        "method_invocation.name field_access.field method_reference.* scoped_identifier.*"
        " labeled_statement.* break_statement.* continue_statement.* element_value_pair.key"
        " enum_constant.name switch_label.* method_declaration.name constructor_declaration.name"
        " compact_constructor_declaration.name class_declaration.name interface_declaration.name"
        " enum_declaration.name record_declaration.name annotation.name marker_annotation.name"
        " annotation_type_declaration.name annotation_type_element_declaration.name"
        " package_declaration.* import_declaration.* record_pattern_component.*"
        " type_pattern.* underscore_pattern.*"
    ),
)

GO = Rules(
    declares=_places(
        "short_var_declaration.left range_clause.left receive_statement.left var_spec.name"
        " const_spec.name parameter_declaration.name variadic_parameter_declaration.name"
        " type_switch_statement.alias"
    ),
    wrappers=_places("expression_list"),
    scopes=_kinds(
        "function_declaration method_declaration func_literal block for_statement if_statement"
        " expression_switch_statement type_switch_statement communication_case expression_case"
        " type_case default_case function_type method_elem"
    ),
    stays=_places("function_declaration.name type_parameter_declaration.* const_spec.type"),
    names=_names(
        "any append bool byte cap clear close comparable complex complex128 complex64 copy delete"
        " error false float32 float64 imag int int16 int32 int64 int8 iota len make max min new"
        " nil panic print println real recover rune string true uint uint16 uint32 uint64 uint8"
        " uintptr"
    ),
)

RULES: Mapping[str, Rules] = {
    "python": PYTHON,
    "javascript": JAVASCRIPT,
    "typescript": JAVASCRIPT,
    "java": JAVA,
    "go": GO,
}
"""By family of languages. Where macros see names (C, C++, Rust) no renaming is safe."""
