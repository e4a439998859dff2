"""Stories of the credit module."""
