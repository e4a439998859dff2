"""What a person gives with an action."""
