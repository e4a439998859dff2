"""What the actions change beside the state, one file for each kind of case."""
