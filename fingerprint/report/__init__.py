"""Results for people to read: words, lines, tables, pages. Nothing is computed here."""
