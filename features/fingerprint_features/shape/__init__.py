"""AST shape: what the syntax tree looks like, in roles that all languages share."""
