"""Where files are kept: STORAGE_URL → Django's STORAGES["default"]. Read by the settings, so nothing of Django here.

    file:///srv/homevisit/media
    s3://KEY:SECRET@bucket.example.cn/homevisit?region=cn-east-2        a service of one's own; &secure=0 for plain http
    s3://KEY:SECRET@/homevisit?region=cn-north-1                        Amazon's
"""

from urllib.parse import parse_qs, unquote, urlsplit

FOLDER = "django.core.files.storage.FileSystemStorage"
S3 = "storages.backends.s3.S3Storage"
IN_MEMORY = 2 * 1024 * 1024  # a larger file on its way goes through a temporary file
KNOWN = {"region", "secure"}


def storage_of(url):
    """(folder, STORAGES["default"]); folder is None for S3. Raises ValueError with what to repair."""
    if url.startswith("file://"):
        return url.removeprefix("file://"), {"BACKEND": FOLDER}  # a path as it is, "#" and all
    parts = urlsplit(url)
    if parts.scheme != "s3":
        raise ValueError("STORAGE_URL starts with file:// or s3://")
    return None, {"BACKEND": S3, "OPTIONS": _s3(parts)}


def _s3(parts):
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    bucket = parts.path.strip("/")
    if not (parts.username and parts.password and bucket) or "/" in bucket or asked.keys() - KNOWN:
        raise ValueError("STORAGE_URL for S3 is s3://KEY:SECRET@host[:port]/bucket?region=…&secure=0")
    secure = asked.get("secure", "1") != "0"
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    return {
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "bucket_name": bucket,
        "region_name": asked.get("region"),
        "endpoint_url": f"{'https' if secure else 'http'}://{host}" if host else None,
        "use_ssl": secure,
        "default_acl": None,  # the bucket's owner alone
        "querystring_auth": True,
        "file_overwrite": True,
        "max_memory_size": IN_MEMORY,
        "client_config": _client(at_amazon=not host),
    }


def _client(at_amazon):
    """s3v4 (the library's default is v2). Checksums only where asked for: services other than Amazon's refuse the new
    ones, as they do bucket names in the host."""
    from botocore.config import Config  # slow to import, wanted with S3 only

    return Config(
        signature_version="s3v4",
        s3={"addressing_style": "auto" if at_amazon else "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=5,
        read_timeout=60,
        retries={"max_attempts": 3},
    )
