"""A receiver in Python, on the HTTP server of its standard library: `receiver.py reference`, `receiver.py "reference, each id
once"`, or `receiver.py "by hand, each id once"`. It prints where it listens, and answers `GET /runs?id=` with the runs of its
handler."""

import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SECRET = os.environ["MINTFAX_WEBHOOK_SECRET"]
WHICH = sys.argv[1]
TOLERANCE_SECONDS = 300

lock = threading.Lock()
runs = {}
known = {}


class Refused(Exception):
    pass


def verify_by_hand(body, headers):
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (message_id and timestamp.isdecimal() and timestamp.isascii()):
        raise Refused
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        raise Refused
    signed = b".".join([message_id.encode(), timestamp.encode(), body])
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    tokens = headers.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(expected.encode(), token.encode()) for token in tokens):
        raise Refused
    return json.loads(body)


def verify_by_reference(body, headers):
    from standardwebhooks.webhooks import Webhook, WebhookVerificationError

    try:
        return Webhook(SECRET).verify(body, headers)
    except WebhookVerificationError as error:
        raise Refused from error


verify = verify_by_reference if WHICH.startswith("reference") else verify_by_hand
once = WHICH.endswith("each id once")


def work(message_id, event):
    with lock:
        run = runs[message_id] = runs.get(message_id, 0) + 1
    tags = event["data"]["object"].get("tags", {}) if isinstance(event, dict) else {}
    order = str(tags.get("certify"))
    if "slow" in order:
        time.sleep(1)
    if "fail once" in order and run == 1:
        raise RuntimeError("as asked")


def process(message_id, event):
    """The status to answer with."""
    if not once:
        work(message_id, event)
        return 200
    with lock:
        state = known.setdefault(message_id, "new")
        if state == "done":
            return 200
        if state == "begun":
            return 409
        known[message_id] = "begun"
    try:
        work(message_id, event)
    except Exception:
        with lock:
            del known[message_id]
        raise
    with lock:
        known[message_id] = "done"
    return 200


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path != "/runs":
            self.answer(405)
            return
        message_id = parse_qs(url.query).get("id", [""])[0]
        self.answer(200, str(runs.get(message_id, 0)).encode())

    def do_POST(self):
        body = self.body()
        try:
            event = verify(body, {name.lower(): value for name, value in self.headers.items()})
            status = process(self.headers["webhook-id"], event)
        except Refused:
            status = 400
        except Exception:
            status = 500
        self.answer(status)

    def body(self):
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        chunks = []
        while (size := int(self.rfile.readline(), 16)) > 0:
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def answer(self, status, text=b""):
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
