"""The modules, one folder each. A folder can be deleted, and the suite still starts."""
