"""The product as it runs, with throw-away keys, a fixed clock, and an empty signed-in page to measure against."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-measurements-" + "x" * 50)
os.environ.setdefault("FIELD_KEYS", "b1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
os.environ.setdefault("BENCH_FOLDER", tempfile.mkdtemp(prefix="homevisit-bench-"))
os.environ["DATA_DIR"] = os.environ["BENCH_FOLDER"]
os.environ["HOMEVISIT_TESTING"] = "1"  # a fixed clock and plain http are allowed
os.environ["HOMEVISIT_CLOCK"] = os.environ.get("BENCH_CLOCK", "2023-12-25T20:00+08:00")

from homevisit.settings import *  # noqa: E402, F403
from homevisit.settings import DATA_DIR  # noqa: E402

ROOT_URLCONF = "benchmarks.urls"
STATIC_ROOT = Path(DATA_DIR) / "static"
