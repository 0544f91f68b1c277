"""An independent reading of the contract: knows src/uplink/contract/asyncapi.json and nothing else of this project.

    judge.py terminal|kiosk asyncapi.json FOLDER HOST PORT SITE [KIOSK]

As terminal it says it is ready, opens every visit and signs for it; as kiosk it seals one visit, repeats it, and reads what the terminal
signs. Every message, seen or made, is held against its schema, and what is seen to the listed keys alone. One line of JSON per event on standard output; ends when standard input does.
Debian: python3-paho-mqtt, python3-jsonschema, python3-cryptography. RFC 7515, 7516, 7518 by hand, so that no library is shared either.
"""

import base64, datetime, json, os, queue, re, sys, threading, uuid

import jsonschema
import paho.mqtt.client as mqtt
from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

ROLE, DOCUMENT, FOLDER, HOST, PORT, SITE, *REST = sys.argv[1:]
CONTRACT = json.load(open(DOCUMENT))
OUT = threading.Lock()


def say(**event):
    with OUT:
        print(json.dumps(event), flush=True)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def now(seconds=0):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def uuid7():
    value = bytearray(int(datetime.datetime.now().timestamp() * 1000).to_bytes(6, "big") + os.urandom(10))
    value[6] = 0x70 | (value[6] & 0x0F)
    value[8] = 0x80 | (value[8] & 0x3F)
    return str(uuid.UUID(bytes=bytes(value)))


def resolve(reference):
    node = CONTRACT
    for part in reference["$ref"].lstrip("#/").split("/"):
        node = node[part]
    return node


def check(name, value, schema=None):
    schema = schema or CONTRACT["components"]["schemas"][name]
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(value)


def closed(schema):
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(one) if key != "examples" else one for key, one in schema.items()}
    return {**inner, "additionalProperties": False} if inner.get("additionalProperties") is True else inner


def check_sent(name, value):
    """What a sender is held to: the listed keys alone. What it must take is `check`."""
    check(name, value, closed(CONTRACT["components"]["schemas"][name]))


def channel_of(topic):
    """Channel, message and binding by the addresses of the document alone."""
    for name, channel in CONTRACT["channels"].items():
        pattern = re.sub(r"\\\{[a-z]+\\\}", "([^/]+)", re.escape(channel["address"]))
        found = re.fullmatch(pattern, topic)
        if found is None or name == "other-terminal-state":
            continue
        if name != "terminal-state" and found.group(2) == "terminal":
            continue
        message = resolve(next(iter(channel["messages"].values())))
        operation = next(one for one in CONTRACT["operations"].values() if one["channel"]["$ref"] == f"#/channels/{name}")
        return name, message, operation["bindings"]["mqtt"], found
    raise ValueError(f"no address of the contract: {topic}")


def address(name, kiosk=None):
    return CONTRACT["channels"][name]["address"].replace("{site}", SITE).replace("{kiosk}", kiosk or "+")


def public_key(jwk):
    numbers = ec.EllipticCurvePublicNumbers(*(int.from_bytes(unb64(jwk[part]), "big") for part in "xy"), ec.SECP256R1())
    return numbers.public_key()


def private_key(jwk):
    return ec.derive_private_key(int.from_bytes(unb64(jwk["d"]), "big"), ec.SECP256R1())


def jwk_of(key):
    numbers = key.public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": b64(numbers.x.to_bytes(32, "big")), "y": b64(numbers.y.to_bytes(32, "big"))}


def keys(name, use):
    document = json.load(open(os.path.join(FOLDER, name)))
    sets = document if isinstance(document, list) else [document]
    return {key["kid"]: key for one in sets for key in one["keys"] if key["use"] == use}


def verify(jws, trusted, typ):
    head, body, signature = jws.split(".")
    header = json.loads(unb64(head))
    assert header["alg"] == "ES256" and header["typ"] == typ, header
    raw = unb64(signature)
    der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public_key(trusted[header["kid"]]).verify(der, f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(unb64(body))


def sign(message, jwk, typ):
    head = b64(json.dumps({"alg": "ES256", "kid": jwk["kid"], "typ": typ}).encode())
    body = b64(json.dumps(message).encode())
    r, s = utils.decode_dss_signature(private_key(jwk).sign(f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256())))
    return f"{head}.{body}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def wrap_key(secret):
    info = b"".join(len(part).to_bytes(4, "big") + part for part in (b"ECDH-ES+A256KW", b"", b"")) + (256).to_bytes(4, "big")
    return ConcatKDFHash(hashes.SHA256(), 32, info).derive(secret)


def open_sealed(jwe, own):
    recipient = next(one for one in jwe["recipients"] if one["header"]["kid"] in own)
    protected = json.loads(unb64(jwe["protected"]))
    header = {**protected, **recipient["header"]}
    assert header["alg"] == "ECDH-ES+A256KW" and header["enc"] == "A256GCM", header
    secret = private_key(own[header["kid"]]).exchange(ec.ECDH(), public_key(header["epk"]))
    content_key = keywrap.aes_key_unwrap(wrap_key(secret), unb64(recipient["encrypted_key"]))
    sealed = unb64(jwe["ciphertext"]) + unb64(jwe["tag"])
    return AESGCM(content_key).decrypt(unb64(jwe["iv"]), sealed, jwe["protected"].encode()).decode(), protected["cty"]


def seal(jws, recipients, cty):
    protected = b64(json.dumps({"enc": "A256GCM", "cty": cty}).encode())
    content_key, iv, wrapped = os.urandom(32), os.urandom(12), []
    for jwk in recipients:
        ephemeral = ec.generate_private_key(ec.SECP256R1())
        key = keywrap.aes_key_wrap(wrap_key(ephemeral.exchange(ec.ECDH(), public_key(jwk))), content_key)
        header = {"alg": "ECDH-ES+A256KW", "kid": jwk["kid"], "epk": jwk_of(ephemeral.public_key())}
        wrapped.append({"encrypted_key": b64(key), "header": header})
    text = AESGCM(content_key).encrypt(iv, jws.encode(), protected.encode())
    return {"protected": protected, "recipients": wrapped, "iv": b64(iv), "ciphertext": b64(text[:-16]), "tag": b64(text[-16:])}


def plain(topic, payload, kiosk_keys=None, own=None):
    """Reads one message as its channel says; returns its content after every check."""
    name, message, binding, place = channel_of(topic)
    schema = message["payload"]["$ref"].rsplit("/", 1)[1]
    if schema == "Signed":
        text = payload.decode("ascii")
        check("Signed", text)
        content = verify(text, kiosk_keys, f"kazashi-{name}+jws")
    elif schema == "Sealed":
        jwe = json.loads(payload)
        check("Sealed", jwe)
        jws, cty = open_sealed(jwe, own)
        content = verify(jws, kiosk_keys, cty)
        assert content["kiosk"] == place.group(2), content
    else:
        check_sent(schema, json.loads(payload))
        return name, json.loads(payload), binding
    check_sent(message["x-content"]["$ref"].rsplit("/", 1)[1], content)
    return name, content, binding


inbox = queue.Queue()
client = mqtt.Client(client_id=f"judge-{ROLE}", protocol=mqtt.MQTTv5)
client.tls_set(*(os.path.join(FOLDER, name) for name in ("ca.pem", "cert.pem", "key.pem")))
client.on_message = lambda _client, _data, message: inbox.put(message)
BOOT = str(uuid.uuid4())
# The judge speaks as a newer program: what it adds must be ignored.
LATER = {"fromLater": {"than": ["this"]}}


def birth(status, **more):
    return json.dumps({"v": 1, "bootId": BOOT, "bdSeq": 0, "at": now(), "version": "judge", "status": status, **more, **LATER})


def publish(topic, payload):
    binding = channel_of(topic)[2]
    client.publish(topic, payload, qos=binding["qos"], retain=binding["retain"]).wait_for_publish()


def begin(topics, state, *will):
    client.will_set(state, *will, qos=1, retain=True)
    connected = threading.Event()
    client.on_subscribe = lambda *_: connected.set()
    client.connect(HOST, int(PORT), 15)
    client.loop_start()
    client.subscribe([(topic, mqtt.SubscribeOptions(qos=1)) for topic in topics])
    assert connected.wait(10), "no SUBACK"


def as_terminal():
    own = keys("keys/terminal.json", "enc")
    signer = next(iter(keys("keys/terminal.json", "sig").values()))
    kiosks = {}
    for name in os.listdir(os.path.join(FOLDER, "keys")):
        if name != "terminal.json":
            kiosks.update(keys(f"keys/{name}", "sig"))
    state = address("terminal-state")
    begin([address(name) for name in ("visit", "request", "state", "health")], state, birth("offline"))
    publish(state, birth("ready"))
    seen = {}
    say(ready=True)
    while True:
        message = inbox.get()
        if message is None:
            break
        if message.topic == state:
            continue
        try:
            name, content, binding = plain(message.topic, message.payload, kiosks, own)
            assert message.qos == min(binding["qos"], 1) and (binding["retain"] or not message.retain), "binding"
        except Exception as error:
            say(wrong=repr(error), topic=message.topic)
            continue
        if name not in ("visit", "request"):
            say(seen=name, status=content.get("status"))
            continue
        ack = {"v": 1, **{part: content[part] for part in ("id", "site", "kiosk", "seq")}, "at": now()}
        ack["status"] = "duplicate" if content["id"] in seen else "accepted"
        if name == "visit":
            seen.setdefault(content["id"], str(len(seen) + 1))
            ack["checkIn"] = {"state": "checked-in", "number": seen[content["id"]], **LATER}
        ack.update(LATER)
        check("Ack", ack)
        publish(address("ack", content["kiosk"]), sign(ack, signer, "kazashi-ack+jws"))
        say(seen=name, id=content["id"], seq=content["seq"], visitId=content["visitId"])
    publish(state, birth("offline"))


def as_kiosk(kiosk):
    signer = next(iter(keys("kiosk.private.json", "sig").values()))
    trusted, recipients = keys("terminal-keys.json", "sig"), keys("terminal-keys.json", "enc").values()
    state = address("state", kiosk)
    begin([address("ack", kiosk), address("command", kiosk), address("terminal-state")], state, birth("offline", faults=[]))
    publish(state, birth("ready", faults=[]))
    example = CONTRACT["components"]["schemas"]["Visit"]["examples"][0]
    visit = {**example, "id": uuid7(), "site": SITE, "kiosk": kiosk, "bootId": BOOT, "visitId": uuid7(), "seq": 1, "issuedAt": now(), "expiresAt": now(600), **LATER}
    visit["patient"] = {**visit["patient"], **LATER}
    check("Visit", visit)
    sealed = json.dumps(seal(sign(visit, signer, "kazashi-visit+jws"), recipients, "kazashi-visit+jws"))
    say(visitId=visit["visitId"], id=visit["id"])
    while True:
        message = inbox.get()
        if message is None:
            break
        try:
            name, content, binding = plain(message.topic, message.payload, trusted)
        except Exception as error:
            say(wrong=repr(error), topic=message.topic)
            continue
        say(seen=name, **{part: content[part] for part in ("id", "status", "name", "checkIn") if part in content})
        if name == "terminal-state" and content["status"] == "ready":
            publish(address("visit", kiosk), sealed)
            publish(address("visit", kiosk), sealed)


def watch_input():
    sys.stdin.read()
    inbox.put(None)


threading.Thread(target=watch_input, daemon=True).start()
as_terminal() if ROLE == "terminal" else as_kiosk(*REST)
client.disconnect()
client.loop_stop()
