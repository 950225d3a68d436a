"""Our client's signed requests, checked by hashlib and oauthlib. They are read from a file; how many of each were right is
written to OUT.

Usage: hexoskin_signatures.py REQUESTS OUT
"""

import hashlib
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

from oauthlib.oauth1.rfc5849 import signature

CONSUMER = "demo-hexo-secret"


def key(request):
    """SHA-1 of secret, time and URL."""
    headers = request["headers"]
    text = CONSUMER + headers["x-hexotimestamp"] + request["url"]
    assert headers["x-hexoapisignature"] == hashlib.sha1(text.encode()).hexdigest(), request
    assert headers["x-hexoapikey"] == "demo-hexo" and headers["authorization"].startswith("Basic ")


class Received:
    """A request as oauthlib's check takes it."""

    def __init__(self, request):
        url, headers = request["url"], {"Authorization": request["headers"]["authorization"]}
        given = signature.collect_parameters(urlsplit(url).query, headers=headers, exclude_oauth_signature=False)
        self.uri, self.http_method = url, request["method"]
        self.params = [pair for pair in given if pair[0] != "oauth_signature"]
        self.signature = dict(given)["oauth_signature"]


def oauth1(request):
    """HMAC-SHA1 over method, URL and parameters, with the secret of the token at hand."""
    assert signature.verify_hmac_sha1(Received(request), CONSUMER, request["token_secret"]), request
    assert not signature.verify_hmac_sha1(Received(request), CONSUMER, request["token_secret"] + "x")


def main():
    right = {"key": 0, "oauth1": 0}
    for request in json.loads(Path(sys.argv[1]).read_text()):
        kind = "oauth1" if request["headers"]["authorization"].startswith("OAuth ") else "key"
        {"key": key, "oauth1": oauth1}[kind](request)
        right[kind] += 1
    out = Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    (out / "calls.json").write_text(json.dumps([right]))


main()
