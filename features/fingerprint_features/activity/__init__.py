"""What somebody did to a repository, measured: message, sections, shape, timing, added code."""
