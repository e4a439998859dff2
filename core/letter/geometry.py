"""The measures of official documents (GB/T 9704-2012). Millimetres from the page's upper left corner, type sizes in
points."""
from __future__ import annotations

MM = 72 / 25.4
"""Points in a millimetre."""

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
TOP, RIGHT, BOTTOM, LEFT = 37.0, 26.0, 35.0, 28.0
AREA_WIDTH = PAGE_WIDTH - LEFT - RIGHT
AREA_HEIGHT = PAGE_HEIGHT - TOP - BOTTOM
AREA_BOTTOM = PAGE_HEIGHT - BOTTOM

LINES, CELLS = 22, 28
PITCH = AREA_HEIGHT / LINES
"""One line of the grid."""
CELL = AREA_WIDTH / CELLS
"""One character of the grid."""

BODY, TITLE, SMALL, TABLE = 16.0, 22.0, 14.0, 12.0
"""三号, 二号, 四号, 小四."""

HEIGHT = BODY / MM
"""The height of a character of the body."""
SEVEN_EIGHTHS = HEIGHT * 7 / 8
TRACKING = CELL * MM - BODY
"""What is added to each 16-point character to make it one cell wide, in points (it is negative)."""

# 信函
LETTER_MARK_TOP = 30.0
RULE_LEFT, RULE_WIDTH = 20.0, 170.0
RULE_GAP = 4.0
THICK, BETWEEN, THIN = 1.0, 0.75, 0.35
DOUBLE = THICK + BETWEEN + THIN
LOWER_RULE_BOTTOM = PAGE_HEIGHT - 20.0
LOWER_LIMIT = LOWER_RULE_BOTTOM - DOUBLE - SEVEN_EIGHTHS
"""Where the characters of the line above the lower double rule end at the lowest."""

# 公文
DOCUMENT_MARK_TOP = TOP + 35.0
SEPARATOR = 0.7

IMPRINT_OUTER, IMPRINT_INNER = 0.35, 0.25
"""Thickness of the 版记's first and last rule, and of those between."""
IMPRINT_LINE = 8.2

PAGE_NUMBER = 7.0
"""From the type area's lower edge to the dash beside the page number."""

CAP = 0.88
"""The built faces' baseline lies this far below the em box's upper edge."""

NOTE, NOTE_LINE = 9.0, 4.2
"""Small type beside the QR code: its size in points and its line in millimetres."""

SEAL = 42.0
SEAL_RAISED = 1.2
"""The seal's centre stands this much above the middle of organ and date, so that they lie a little under its middle."""
QR = 20.0
GUIDE = 18.0
"""The side of a QR code that stands in the text."""

RED = (0.902, 0.0, 0.071)
SEAL_RED = (0.843, 0.0, 0.059)
