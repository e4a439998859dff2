"""What an action changes beside the state, in the same transaction."""
