"""Python imports this when it starts, where PYTHONPATH names its folder: the process is counted."""

import atexit
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[3]))

from tests.support import counting

counting.begin()
atexit.register(counting.leave)
