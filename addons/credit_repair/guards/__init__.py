"""Why something cannot be done now. Each returns the reason, or None when nothing stands in the way.

A guard that draws a button (``data`` is None) asks the record itself and nothing else: a desk draws forty of them.
"""
