"""The stand-in of Hexoskin seen by programs of others: hashlib and oauthlib sign, wave, zipfile and pyedflib read.

Makes every call that the platform's own client documents, with its parameters and headers. That client is in no package
index, so that it cannot be installed here. What was read is written to OUT as int32, to be held against the generator.

Usage: hexoskin.py URL OUT
"""

import base64
import hashlib
import io
import json
import secrets
import struct
import sys
import time
import wave
import zipfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import oauthlib.oauth1
import pyedflib
import requests

BASE, OUT = sys.argv[1] + "/hexoskin", Path(sys.argv[2])
KEY, SECRET = "demo-hexo", "demo-hexo-secret"
LOGIN = ("demo@example.org", "demo-password")
BACK = "http://localhost:9/page/"
RECORD, SAMPLES = 99999, 921_600


class Signed(requests.auth.HTTPBasicAuth):
    """A login with the signature of an API key, over the URL as it is sent."""

    secret = SECRET

    def __call__(self, request):
        request = super().__call__(request)
        stamp = str(int(time.time()))
        request.headers["X-HEXOTIMESTAMP"] = stamp
        request.headers["X-HEXOAPIKEY"] = KEY
        request.headers["X-HEXOAPISIGNATURE"] = hashlib.sha1((self.secret + stamp + request.url).encode()).hexdigest()
        return request


class OAuth1(requests.auth.AuthBase):
    """A signature of oauthlib."""

    def __init__(self, **tokens):
        self.client = oauthlib.oauth1.Client(KEY, SECRET, **tokens)

    def __call__(self, request):
        url, headers, _ = self.client.sign(request.url, request.method)
        request.url = url
        request.headers.update(headers)
        return request


class Bearer(requests.auth.AuthBase):
    """A token of OAuth2."""

    def __init__(self, token):
        self.token = token

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def call(method, path, params=None, body=None, auth=None, accept="application/json", status=200):
    """A request as the client sends it; lists of values are joined with commas."""
    params = {k: ",".join(map(str, v)) if isinstance(v, (list, tuple)) else v for k, v in (params or {}).items()}
    headers = {"Accept": accept, "Content-type": "application/json"}
    data = json.dumps(body) if body is not None else None
    auth = auth or Signed(*LOGIN)
    answer = requests.request(method, BASE + path, params=params, data=data, headers=headers, auth=auth, timeout=60)
    assert answer.status_code == status, (method, path, answer.status_code, answer.text[:200])
    return answer


def get(path, **params):
    """The JSON of a GET."""
    return call("get", path, params).json()


def resources():
    """Discovery, lists, pages and lazy links."""
    listed = get("/api/")
    schemas = {name: get(entry["schema"]) for name, entry in listed.items()}
    assert schemas["record"]["allowed_list_http_methods"] == ["get", "post"]
    assert get("/api/account/")["objects"][0]["id"] == 99
    users = get("/api/user/")["objects"]
    assert [user["id"] for user in users] == [99, 123, 5437]
    records = get("/api/record/", startTimestamp__lt=347477726132)
    assert records["meta"]["total_count"] == 20 and records["objects"][0]["user"]["id"] == 99
    records = get("/api/record/")
    more = get(records["meta"]["next"])
    ids = [record["id"] for record in records["objects"] + more["objects"]]
    assert len(set(ids)) == len(ids) == records["meta"]["total_count"] == 28, len(ids)
    user = get("/api/user/99/")
    assert get(user["resource_uri"]) == user
    ranges = get("/api/range/", user=123)["objects"]
    assert len(ranges) == 20 and {get(ranges[0]["user"])["first_name"]} == {"Björn"}
    for datatype in get("/api/datatype/", limit=45)["objects"]:
        assert get(datatype["unit_raw"])["resource_uri"] == datatype["unit_raw"]


def writes():
    """Creating, changing and deleting, and what is refused."""
    body = {"name": "testnew_range", "start": 353163129199, "end": 353163139199, "user": "/api/user/99/"}
    answer = call("post", "/api/range/", body=body, status=201)
    made = answer.json()
    assert answer.headers["Location"] == BASE + made["resource_uri"]
    made["name"] = "newtestyrangey"
    assert call("put", made["resource_uri"], body=made, status=202).json()["name"] == "newtestyrangey"
    call("patch", "/api/range/", body={"objects": [{"resource_uri": made["resource_uri"], "rank": 3}]}, status=202)
    assert get(made["resource_uri"])["rank"] == 3
    call("delete", made["resource_uri"], status=204)
    call("get", made["resource_uri"], status=404)
    call("delete", get("/api/datatype/")["objects"][4]["resource_uri"], status=405)
    note = get("/api/annotation/", user=5437)["objects"][0]
    call("patch", note["resource_uri"], body={"annotation": "I wuz here"}, status=403)
    user = get("/api/user/99/")
    call("put", "/api/user/99/", body={**user, "first_name": "Billy Bob"}, status=202)
    assert get("/api/record/99999/")["user"]["first_name"] == "Billy Bob"


def data():
    """The data resource as JSON and CSV."""
    (result,) = get("/api/data/", record=RECORD, datatype__in=(19, 33, 49))
    assert result["user"] == "/api/user/99/" and sorted(result["data"]) == ["19", "33", "49"]
    rows = get("/api/data/", record=RECORD, datatype=19, flat=True)
    assert rows == result["data"]["19"] and len(rows) == 3600
    assert get("/api/data/", record=RECORD, datatype=19, flat=True, no_timestamps=True) == [value for _, value in rows]
    csv = call("get", "/api/data/", {"record": RECORD, "datatype": 19}, accept="text/csv").text.splitlines()
    assert csv[0] == "timestamp,/api/datatype/19/" and [[int(x) for x in line.split(",")] for line in csv[1:]] == rows
    thinned = get("/api/data/", record=RECORD, datatype=4113, flat=True)
    assert len(thinned) == 65535 and thinned[-1][0] - thinned[0][0] > 921_000


def windows(datatype, step):
    """All samples of a channel, in windows of JSON that are not thinned."""
    record = get(f"/api/record/{RECORD}/")
    values, first = [], record["start"]
    while first < record["end"]:
        last = min(first + 65535 * step, record["end"]) - 1
        values += get("/api/data/", record=RECORD, datatype=datatype, start=first, end=last, scaled=0, flat=1, no_timestamps=1)
        first = last + 1
    save("json", datatype, np.array(values))


def save(form, datatype, values):
    """Raw values, to be compared."""
    np.asarray(values).astype("<i4").tofile(OUT / f"{form}_{datatype}.i32")


def files():
    """Binary files and EDF, read by the libraries that people read them with."""
    accept = "application/octet-stream"
    bare = call("get", "/api/data/", {"record": RECORD, "datatype": 4113}, accept=accept).content
    save("bare", 4113, samples(bare, 256, "<i2"))
    wanted = {"record": RECORD, "datatype": "4129,4146,19,271,18"}
    packed = zipfile.ZipFile(io.BytesIO(call("get", "/api/data/", wanted, accept=accept).content))
    assert packed.testzip() is None
    read = lambda name: packed.read(f"record_{RECORD}/{name}")
    save("zip", 4129, samples(read("respiration_thoracic.wav"), 128, "<u2"))
    save("zip", 4146, samples(read("acceleration_Y.wav"), 64, "<i2"))
    save("zip", 19, samples(read("heart_rate.wav"), 1, "<i2"))
    save("zip", 271, samples(read("ANN.wav"), 300, "<u2"))
    pairs = list(struct.iter_unpack("<Qq", read("RR_interval.hxd")))
    start = get(f"/api/record/{RECORD}/")["start"]
    rows = get("/api/data/", record=RECORD, datatype=18, flat=1)
    assert [[start + tick, value / 256] for tick, value in pairs] == rows
    edf({"record": RECORD, "datatype": "4113,4130,4145,19"}, SAMPLES)


def samples(file, rate, kind):
    """The samples of a WAV."""
    with wave.open(io.BytesIO(file)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (rate, 1, 2)
        return np.frombuffer(sound.readframes(sound.getnframes()), kind)


def edf(wanted, ecg_samples):
    """An EDF through pyedflib: digital values, and the units of the physical ones."""
    path = OUT / "record.edf"
    path.write_bytes(call("get", "/api/data/", wanted, accept="application/x-edf").content)
    with pyedflib.EdfReader(str(path)) as reader:
        assert str(reader.getStartdatetime()) == "2024-03-09 08:00:00"
        labels = reader.getSignalLabels()  # at most 16 characters
        assert sorted(labels) == ["ECG_I", "acceleration_X", "heart_rate", "respiration_abdo"]
        ecg = labels.index("ECG_I")
        assert reader.getNSamples()[ecg] == ecg_samples and reader.getSampleFrequency(ecg) == 256
        digital = reader.readSignal(ecg, digital=True)
        assert reader.getPhysicalDimension(ecg) == "mV"
        assert np.allclose(reader.readSignal(ecg), (digital - 1360) * 0.0064)
        save("edf", 4113, digital)
        # Physical values of the unsigned channel are its raw counts; g of the signed one.
        save("edf", 4130, np.rint(reader.readSignal(labels.index("respiration_abdo"))))
        save("edf", 4145, np.rint(reader.readSignal(labels.index("acceleration_X")) * 256))
        save("edf", 19, reader.readSignal(labels.index("heart_rate"), digital=True))


def allow(url):
    """Says yes on the page, and gives where that leads."""
    form = {"username": LOGIN[0], "password": LOGIN[1], "allow": "yes"}
    assert "<form" in requests.get(url, timeout=60).text
    answer = requests.post(url, data=form, allow_redirects=False, timeout=60)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def oauth1():
    """Request token, page, access token, and a signed query with commas and spaces."""
    ask = lambda path, auth: {k: v[0] for k, v in parse_qs(call("post", path, auth=auth).text).items()}
    first = ask("/oauth/request_token", OAuth1(callback_uri=BACK))
    back = parse_qs(urlsplit(allow(f"{BASE}/oauth/authorize?oauth_token={first['oauth_token']}")).query)
    owner = {"resource_owner_key": first["oauth_token"], "resource_owner_secret": first["oauth_token_secret"]}
    final = ask("/oauth/access_token", OAuth1(verifier=back["oauth_verifier"][0], **owner))
    call("post", "/oauth/access_token", auth=OAuth1(verifier=back["oauth_verifier"][0], **owner), status=401)
    token = {"resource_owner_key": final["oauth_token"], "resource_owner_secret": final["oauth_token_secret"]}
    params = {"record": RECORD, "datatype__in": (19, 33), "start": 437752627200, "end": 437752627999, "note": "ü & b+c~"}
    assert call("get", "/api/data/", params, auth=OAuth1(**token)).json()[0]["user"] == "/api/user/99/"
    token["resource_owner_secret"] += "x"
    call("get", "/api/data/", params, auth=OAuth1(**token), status=401)


def oauth2():
    """Authorization code with PKCE, implicit, password and refresh."""

    def page(client, kind, **more):
        state = secrets.token_urlsafe(8)
        params = {"response_type": kind, "state": state, "client_id": client, "scope": "readonly", "redirect_uri": BACK}
        url = requests.Request("GET", f"{BASE}/api/connect/oauth2/auth/", params={**params, **more}).prepare().url
        place = urlsplit(allow(url))
        bits = {k: v[0] for k, v in parse_qs(place.fragment if kind == "token" else place.query).items()}
        assert bits.pop("state") == state and place._replace(query="", fragment="").geturl() == BACK
        return bits

    def token(auth=None, **form):
        answer = requests.post(f"{BASE}/api/connect/oauth2/token/", data=form, auth=auth, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def works(bits):
        assert call("get", "/api/account/", auth=Bearer(bits["access_token"])).json()["objects"][0]["id"] == 99
        call("patch", "/api/range/1/", body={"note": "x"}, auth=Bearer(bits["access_token"]), status=403)

    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    code = page("demo-hexo-public", "code", code_challenge=challenge, code_challenge_method="S256")["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    bits = token(**form, client_id="demo-hexo-public", code_verifier=verifier)
    works(bits)
    works(token(grant_type="refresh_token", refresh_token=bits["refresh_token"], client_id="demo-hexo-public"))
    code = page(KEY, "code")["code"]
    works(token((KEY, SECRET), grant_type="authorization_code", code=code, redirect_uri=BACK))
    works(page("demo-hexo-implicit", "token"))
    own = ("demo-hexo-password", "demo-hexo-password-secret")
    works(token(own, grant_type="password", username=LOGIN[0], password=LOGIN[1], scope="readonly"))


def signatures():
    """What a wrong secret gives."""
    wrong = Signed(*LOGIN)
    wrong.secret = "other"
    assert call("get", "/api/account/", auth=wrong, status=401).json() == {"error": "API signature failed."}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    parts = [resources, writes, data, files, oauth1, oauth2, signatures]
    for part in parts:
        part()
    windows(4113, 1)
    windows(4130, 2)
    (OUT / "calls.json").write_text(json.dumps([part.__name__ for part in parts]))


main()
