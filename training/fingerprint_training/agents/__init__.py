"""Training the agent model on mined commits and labelled pull requests."""
