"""Why something cannot be done now. Each returns the reason, or None when nothing stands in the way."""
