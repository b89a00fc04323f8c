"""Settings for the tests: throw-away keys and folders, quick password hashing, jobs run in place."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("FIELD_KEYS", "t1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
os.environ["HOMEVISIT_TESTING"] = "1"
if "HOMEVISIT_TEST_DATA" in os.environ:
    os.environ["DATA_DIR"] = os.environ["HOMEVISIT_TEST_DATA"]
else:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="homevisit-test-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(os.environ['DATA_DIR']) / 'test.sqlite3'}")

from homevisit.settings import *  # noqa: E402, F403
from homevisit.settings import DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ALLOWED_HOSTS = ["*"]
DATABASES["default"]["CONN_MAX_AGE"] = 0
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads of the live server share it as they would in production.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(os.environ["DATA_DIR"]) / "tests.sqlite3")}
