"""What was done to a repository, read out of git or out of the JSON of pull requests."""

from fingerprint_features.history.errors import HistoryError, PullRequestError
from fingerprint_features.history.log import read
from fingerprint_features.history.pull_request import from_json, read_pull_requests
from fingerprint_features.history.repository import (
    commit,
    git_dir_of,
    is_shallow,
    licence_of,
    name_of,
)

__all__ = [
    "HistoryError",
    "PullRequestError",
    "commit",
    "from_json",
    "git_dir_of",
    "is_shallow",
    "licence_of",
    "name_of",
    "read",
    "read_pull_requests",
]
