"""A real S3 service by HTTP on a port of its own, empty at the start (moto); a fixture of conftest.py."""

import socket
import urllib.request
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "homevisit"


@contextmanager
def s3_server():
    """The STORAGE_URL of a fresh bucket."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    try:
        reset = urllib.request.Request(f"http://127.0.0.1:{port}/moto-api/reset", method="POST")
        urllib.request.urlopen(reset).close()  # servers of one process share what they hold
        client = boto3.client(
            "s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="cn-north-1",
            aws_access_key_id="key", aws_secret_access_key="sec/ret+",
        )  # fmt: skip
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "cn-north-1"})
        yield f"s3://key:sec%2Fret%2B@127.0.0.1:{port}/{BUCKET}?region=cn-north-1&secure=0"
    finally:
        server.stop()
