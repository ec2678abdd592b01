"""Steps for the pipelines that people already run: one module a pipeline, none imported here."""
