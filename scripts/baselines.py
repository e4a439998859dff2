"""Write the first revision of a part anew from its models: ``python scripts/baselines.py core credit_repair``.

Only while nobody has an installation: afterwards a change of tables is a revision of its own.
"""
from __future__ import annotations

import sys
import tempfile

from core.addon import Suite
from core.app import load_models
from core.migrate import baseline, parts
from core.settings import Settings


def main(names: list[str]) -> int:
    """Write the baselines of the parts called ``names``; of all when none is given."""
    suite = Suite.load(Settings.load({"YINGSHANG_VAR": tempfile.mkdtemp()}))
    load_models(suite)
    for part in parts(suite):
        if not names or part.name in names:
            print(baseline(part))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
