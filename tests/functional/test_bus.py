# SPDX-License-Identifier: Apache-2.0
"""The bus against a real RabbitMQ and, where it is installed, against the real oslo.messaging on the other side."""
import bz2
import contextlib
import importlib.util
import json
import lzma
import pathlib
import subprocess
import time
import zlib

import pytest

from pool import TOP

PROGRAM = TOP / "tests/functional/testbus"
SERVER_PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmq-server"

pytestmark = [
    pytest.mark.skipif(not pathlib.Path(SERVER_PROGRAM).exists(), reason="rabbitmq-server is not installed"),
    pytest.mark.skipif(importlib.util.find_spec("amqp") is None, reason="python3-amqp is not installed"),
]
needs_library = pytest.mark.skipif(importlib.util.find_spec("oslo_messaging") is None,
                                   reason="python3-oslo.messaging is not installed")


@pytest.fixture(scope="module")
def broker():
    """One broker for all; a test that stops it starts it again."""
    from bus import Bus as Broker
    rabbit = Broker()
    try:
        yield rabbit
    finally:
        rabbit.stop()


class Bus:
    """A running testbus."""

    def __init__(self, home, url, **options):
        rabbit = options.pop("rabbit", {})
        notify = options.pop("notifications", {})
        settings = {"transport_url": url, "rpc_response_timeout": 60, "debug": "true",
                    "log_file": home / "bus.log", "host": "apihost", **options}
        path = home / "nova.conf"
        path.write_text("[DEFAULT]\n" + "".join("%s = %s\n" % item for item in settings.items()) +
                        "[oslo_messaging_rabbit]\n" + "".join("%s = %s\n" % item for item in rabbit.items()) +
                        "".join(line + "\n" for line in notify))
        self.log = home / "bus.log"
        self.process = subprocess.Popen([PROGRAM, "--config-file", path], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def ask(self, op, method=None, **command):
        """Does one thing and answers what came of it."""
        self.tell(op, method, **command)
        return self.answer()

    def tell(self, op, method=None, **command):
        """Begins one thing."""
        command["op"] = op
        if method:
            command["method"] = method
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def answer(self):
        """What came of it."""
        line = self.process.stdout.readline()
        assert line, self.log.read_text()[-3000:]
        return json.loads(line)

    def end(self):
        """Lets it finish; what it leaks or overruns shows in its exit code."""
        self.process.stdin.close()
        try:
            assert self.process.wait(30) == 0
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()


@pytest.fixture
def bus(home, broker):
    """Makes testbuses; all are ended."""
    made = []

    def make(url=None, **options):
        made.append(Bus(home, url or broker.address(), **options))
        return made[-1]

    yield make
    for one in made:
        one.end()


class Endpoint:
    """What the other side does."""

    def __init__(self):
        self.seen = []
        import oslo_messaging
        self.target = oslo_messaging.Target(version="6.0")
        for name in ("get_host_uptime", "get_diagnostics", "stop_instance", "set_host_enabled", "set_admin_password",
                     "start_instance"):
            getattr(type(self), name).exposed = True

    def get_host_uptime(self, context, **args):
        """Gives back what it was told."""
        self.seen.append(("get_host_uptime", args))
        return {"args": args, "user": context["user_id"], "request": context["request_id"]}

    def get_diagnostics(self, _, module, name, message):
        """Raises what is wanted."""
        kind = type(name, (Exception,), {"__module__": module}) if module != "builtins" else getattr(
            __import__("builtins"), name)
        raise kind(message)

    def stop_instance(self, _, number):
        """A cast."""
        self.seen.append(("stop_instance", number))

    def start_instance(self, _, seconds):
        """A slow one."""
        time.sleep(seconds)
        self.seen.append(("start_instance", seconds))
        return "at last"

    set_host_enabled = start_instance_long = start_instance

    def set_admin_password(self, _, size):
        """A long answer."""
        return "é" * size


@contextlib.contextmanager
def serving(broker, server="h1"):
    """The real library's server."""
    endpoint = Endpoint()
    from bus import Server
    with Server(broker.address(), "compute", server, endpoint):
        yield endpoint


def wait_for(condition, seconds=10):
    """Until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def test_cast_text(broker, bus):
    """Properties, envelope and keys are those of the reference's recorded message."""
    broker.bind("nova", "topic", "compute.cast1", "cast1")
    assert bus().ask("cast", "reboot_instance", server="cast1",
                     args={"instance": {"a": [1, None, True, "ü"]}, "reboot_type": "SOFT"})["result"] is None
    message, outer, inner = broker.take("cast1")
    assert message.properties["content_type"] == "application/json"
    assert message.properties["content_encoding"] == "utf-8"
    assert message.properties["delivery_mode"] == 2 and message.properties["priority"] == 0
    assert message.properties["application_headers"] == {} and "expiration" not in message.properties
    assert message.delivery_info["routing_key"] == "compute.cast1"
    assert list(outer) == ["oslo.version", "oslo.message"] and outer["oslo.version"] == "2.0"
    assert json.dumps(outer) == message.body
    assert json.dumps(inner) == outer["oslo.message"]
    assert list(inner)[:4] == ["method", "args", "version", "_unique_id"]
    assert inner["version"] == "6.0" and len(inner["_unique_id"]) == 32
    context = {key[9:]: value for key, value in inner.items() if key.startswith("_context_")}
    assert context.pop("timestamp")[10] == "T"
    assert context == {
        "user": "u1", "project_id": "p1", "system_scope": None, "project": "p1", "domain": None, "user_domain": None,
        "project_domain": None, "is_admin": False, "read_only": False, "show_deleted": False, "auth_token": "tok",
        "request_id": "req-5fb3712a-69ed-4b4e-b614-321df3d4c484", "global_request_id": None, "resource_uuid": None,
        "roles": ["member"], "user_identity": "u1 p1 - - -", "is_admin_project": True, "user_id": "u1",
        "read_deleted": "no", "remote_address": None, "quota_class": None, "user_name": "un",
        "service_catalog": [{"type": "image", "endpoints": []}], "project_name": "pn"}


def test_topics_and_fanout(broker, bus):
    """A topic without a server, a namespace, and a fanout exchange that goes with its last queue."""
    broker.bind("nova", "topic", "conductor", "anyconductor")
    broker.bind("scheduler_fanout", "fanout", "", "allschedulers")
    one = bus()
    assert "fault" not in one.ask("cast", "unshelve_instance", args={})
    assert "fault" not in one.ask("cast", "update_aggregates", fanout=True, args={})
    message, _, inner = broker.take("anyconductor")
    assert inner["namespace"] == "compute_task" and inner["version"] == "1.14"
    assert list(inner)[:5] == ["method", "args", "namespace", "version", "_unique_id"]
    message, _, inner = broker.take("allschedulers")
    assert message.delivery_info["routing_key"] == "" and inner["version"] == "4.1"


def test_durable(broker, bus):
    """Durable exchanges as the option says; a broker that disagrees is a fault, not a loop."""
    broker.bind("durablenova", "topic", "compute.d", "durable1", durable=True)
    options = {"control_exchange": "durablenova"}
    assert "fault" not in bus(rabbit={"amqp_durable_queues": "true"}, **options).ask("cast", "stop_instance",
                                                                                    server="d", args={})
    assert broker.take("durable1")[2]["method"] == "stop_instance"
    answer = bus(**options).ask("cast", "stop_instance", server="d", args={})
    assert answer["fault"] == "MessageDeliveryFailure" and answer["ms"] < 3000


def test_no_broker(bus):
    """A cast gives up after rpc_response_timeout, a call with the call's own fault; a good host among bad ones does."""
    one = bus("rabbit://u:secretword@127.0.0.1:1/", rpc_response_timeout=2)
    answer = one.ask("cast", "stop_instance", server="x", args={})
    assert answer["fault"] == "MessageDeliveryFailure" and answer["ms"] < 3000
    assert "secretword" not in answer["message"]
    answer = one.ask("call", "get_host_uptime", server="x", args={})
    assert answer["fault"] in ("MessagingTimeout", "MessageDeliveryFailure") and answer["ms"] < 3000
    one.end()
    assert "secretword" not in one.log.read_text()
    one.end = lambda: None


@pytest.mark.parametrize("strategy", ("round-robin", "shuffle"))
def test_second_host(broker, bus, strategy):
    """Hosts are tried in turn, or by chance."""
    url = broker.address().replace("rabbit://", "rabbit://guest:guest@127.0.0.1:1,")
    answer = bus(url, rabbit={"kombu_failover_strategy": strategy}).ask("cast", "stop_instance", server="x", args={})
    assert "fault" not in answer and (strategy == "shuffle" or answer["ms"] < 2500)


@pytest.mark.parametrize("url, words", [
    ("fake://", "fake://"), ("kafka://h/", "kafka"), ("nothing", "scheme")])
def test_other_transports(bus, url, words):
    """What is not served says so."""
    answer = bus(url).ask("cast", "stop_instance", server="x", args={})
    assert answer["fault"] == "MessageDeliveryFailure" and words in answer["message"]


def test_hosts_without_credentials(bus):
    """Credentials are not handed on from host to host: that some have none is told once, and no password is."""
    one = bus("rabbit://u:secretword@127.0.0.1:1,127.0.0.2:1,w@127.0.0.3:1/v", rpc_response_timeout=1)
    one.ask("cast", "stop_instance", server="x", args={})
    one.end()
    text = one.log.read_text()
    assert text.count("Hosts with credentials are: ['127.0.0.1']. Hosts without credentials are ['127.0.0.2', '127.0.0.3'].") == 1
    assert "secretword" not in text
    one.end = lambda: None


def test_timeout(bus):
    """Nobody answers."""
    answer = bus(rpc_response_timeout=1).ask("call", "get_host_uptime", server="nobody", args={})
    assert answer["fault"] == "MessagingTimeout" and 900 <= answer["ms"] < 2500
    assert answer["message"].startswith("Timed out waiting for a reply to message ID ")
    assert answer["class"] == "oslo_messaging.exceptions.MessagingTimeout"


@needs_library
def test_call(broker, bus):
    """There and back through the real library, many times and with a long answer."""
    with serving(broker) as endpoint:
        one = bus()
        answer = one.ask("call", "get_host_uptime", server="h1", args={"a": {"b": "ü"}})
        assert answer["result"] == {"args": {"a": {"b": "ü"}}, "user": "u1",
                                    "request": "req-5fb3712a-69ed-4b4e-b614-321df3d4c484"}
        for number in range(30):
            assert one.ask("call", "get_host_uptime", server="h1", args={"n": number})["result"]["args"] == {
                "n": number}
        assert one.ask("call", "set_admin_password", server="h1", args={"size": 300000})["result"] == "é" * 300000
        assert len(endpoint.seen) == 31
        fork = one.ask("fork", "get_host_uptime", server="h1", args={})
        assert fork["result"]["args"] == {}
        assert one.ask("call", "get_host_uptime", server="h1", args={})["result"]["args"] == {}


@needs_library
def test_failures(broker, bus):
    """Errors of the other side under their own names; classes of other modules are a RemoteError."""
    with serving(broker):
        one = bus()

        def fail(module, name, message="why"):
            return one.ask("call", "get_diagnostics", server="h1",
                           args={"module": module, "name": name, "message": message})

        answer = fail("nova.exception", "InstanceNotFound", "Instance x could not be found.")
        assert (answer["fault"], answer["code"]) == ("InstanceNotFound", 404)
        assert answer["message"] == "Instance x could not be found."
        assert answer["class"] == "nova.exception_Remote.InstanceNotFound_Remote"
        answer = fail("nova.exception", "ConsoleTypeUnavailable")
        assert answer["class"] == "nova.exception_Remote.ConsoleTypeUnavailable_Remote" and answer["code"] == 400
        answer = fail("builtins", "NotImplementedError")
        assert (answer["fault"], answer["class"]) == ("NotImplementedError", "NotImplementedError")
        assert fail("builtins", "IndexError")["class"] == "IndexError"
        answer = fail("libvirt", "libvirtError")
        assert answer["fault"] == "RemoteError" and answer["message"].startswith(
            "Remote error: libvirtError why\n['Traceback (most recent call last):")
        assert fail("nova.exception", "NoSuchClassThere")["fault"] == "RemoteError"


@needs_library
def test_keep_alives(broker, bus):
    """A long call lasts as long as the other side says that it lives, and not longer without."""
    with serving(broker):
        one = bus(rpc_response_timeout=2)
        answer = one.ask("call", "set_host_enabled", server="h1", args={"seconds": 5})
        assert answer["result"] == "at last" and answer["ms"] >= 5000
        answer = one.ask("call", "start_instance", server="h1", args={"seconds": 4})
        assert answer["fault"] == "MessagingTimeout" and answer["ms"] < 3500
        # the late answer of that call is nobody's
        time.sleep(3)
        assert one.ask("call", "get_host_uptime", server="h1", args={})["result"]["user"] == "u1"
        answer = one.ask("call", "set_host_enabled", server="nobody", args={"seconds": 5})
        assert answer["fault"] == "MessagingTimeout" and answer["ms"] < 3500


@needs_library
def test_parallel(broker, home, bus):
    """Sixteen callers get each its own answer."""
    with serving(broker):
        callers = []
        for number in range(16):
            place = home / str(number)
            place.mkdir()
            callers.append(Bus(place, broker.address(), rpc_response_timeout=30))
        try:
            for turn in range(5):
                for number, caller in enumerate(callers):
                    caller.tell("call", "get_host_uptime", server="h1", args={"n": [turn, number]})
                for number, caller in enumerate(callers):
                    assert caller.answer()["result"]["args"] == {"n": [turn, number]}
        finally:
            for caller in callers:
                caller.end()


@needs_library
def test_closed_while_idle(broker, bus):
    """A connection that the broker closed is opened again before the next message, which goes out once."""
    with serving(broker) as endpoint:
        one = bus()
        assert one.ask("call", "get_host_uptime", server="h1", args={})["open"] == 1
        assert "fault" not in one.ask("cast", "stop_instance", server="h1", args={"number": 1})
        broker.close_connections()
        time.sleep(0.5)
        assert one.ask("tick")["open"] == 0
        answer = one.ask("cast", "stop_instance", server="h1", args={"number": 2})
        assert "fault" not in answer and answer["ms"] < 2000
        broker.close_connections()
        answer = one.ask("cast", "stop_instance", server="h1", args={"number": 3})
        assert "fault" not in answer and answer["ms"] < 2000
        assert one.ask("call", "get_host_uptime", server="h1", args={})["result"]["user"] == "u1"
        wait_for(lambda: ("stop_instance", 3) in endpoint.seen)
        assert [number for name, number in endpoint.seen if name == "stop_instance"] == [1, 2, 3]


def test_heartbeats(broker, bus):
    """Ticks keep an idle connection; without them the broker closes it and the next message opens another."""
    one = bus(rabbit={"heartbeat_timeout_threshold": 1})
    one.ask("cast", "stop_instance", server="x", args={})
    for _ in range(20):
        one.ask("sleep", ms=250)
        assert one.ask("tick")["open"] == 1
    assert "is lost" not in one.log.read_text()
    one.ask("sleep", ms=5000)
    assert "fault" not in one.ask("cast", "stop_instance", server="x", args={})
    assert "is lost" in one.log.read_text()


@needs_library
def test_broker_restarted(broker, bus):
    """A cast while the broker is away waits for it; a call under way survives its restart."""
    broker.bind("durablenova", "topic", "compute.r", "restart1", durable=True)
    one = bus(rpc_response_timeout=300, control_exchange="durablenova", rabbit={"amqp_durable_queues": "true",
                                                                            "rabbit_interval_max": 2})
    assert "fault" not in one.ask("cast", "stop_instance", server="r", args={"n": 1})
    broker.halt()
    one.tell("cast", "stop_instance", server="r", args={"n": 2})
    time.sleep(1)
    broker.start()
    assert "fault" not in one.answer()
    one.tell("call", "get_host_uptime", server="r", args={"n": 3})
    time.sleep(0.5)
    broker.kill()
    broker.start()
    # whoever serves the host reads the request only now, and answers to the queue that was declared anew
    seen = []
    while True:
        message, _, inner = broker.take("restart1", 30)
        seen.append(inner["args"]["n"])
        if seen[-1] == 3:
            break
    assert seen == [1, 2, 3] or seen == [1, 2, 2, 3]
    wait_for(lambda: inner["_reply_q"] in broker.control("list_queues", "-p", "bus", "name"), 60)
    reply = {"result": "late", "failure": None, "ending": True, "_msg_id": inner["_msg_id"], "_unique_id": "a" * 32}
    broker.put(inner["_reply_q"], json.dumps({"oslo.version": "2.0", "oslo.message": json.dumps(reply)}))
    assert one.answer()["result"] == "late"


def test_bad_replies(broker, bus):
    """Rubbish in the reply queue is dropped, and what follows is read."""
    broker.bind("nova", "topic", "compute.bad", "bad1")
    one = bus(rpc_response_timeout=20)
    one.tell("call", "get_host_uptime", server="bad", args={})
    _, _, inner = broker.take("bad1")
    good = {"result": [1], "failure": None, "ending": True, "_msg_id": inner["_msg_id"], "_unique_id": "b" * 32}
    other = dict(good, _msg_id="c" * 32)
    for text in ("", "{", "[]", b"\xff", json.dumps({"oslo.version": "2.0", "oslo.message": 5}),
                 json.dumps({"oslo.version": "3.0", "oslo.message": json.dumps(good)}), "[" * 100000,
                 json.dumps({"oslo.version": "2.0", "oslo.message": json.dumps(other)}),
                 json.dumps({"oslo.version": "2.0", "oslo.message": json.dumps(good)})):
        broker.put(inner["_reply_q"], text)
    assert one.answer()["result"] == [1]


@pytest.mark.parametrize("driver, wrapped", [("messagingv2", True), ("messaging", False)])
def test_notifications(broker, bus, driver, wrapped):
    """Both formats to their topics; the queue is there before any reader."""
    one = bus(notifications=["[oslo_messaging_notifications]", "driver = " + driver, "topics = n1" + driver,
                             "[notifications]", "notification_format = both",
                             "versioned_notifications_topics = v1" + driver])
    assert "fault" not in one.ask("notify", event="keypair.create.start", payload={"a": "ü"})
    for topic, publisher in (("n1", "api.apihost"), ("v1", "nova-api:apihost")):
        _, outer, inner = broker.take(topic + driver + ".info")
        assert ("oslo.message" in outer) is wrapped
        assert list(inner)[:7] == ["message_id", "publisher_id", "event_type", "priority", "payload", "timestamp",
                                   "_unique_id"]
        assert inner["publisher_id"] == publisher and inner["payload"] == {"a": "ü"} and inner["priority"] == "INFO"
        assert inner["_context_user_id"] == "u1"


def test_notifications_off(bus):
    """Without a driver nothing is opened; a log driver writes."""
    assert bus().ask("notify", event="x.y", payload={})["open"] == 0
    one = bus(notifications=["[oslo_messaging_notifications]", "driver = log"])
    assert one.ask("notify", event="x.y", payload={"adminPass": "geheim"})["open"] == 0
    text = one.log.read_text()
    assert "oslo.messaging.notification.x.y" in text and "geheim" not in text


def test_tls(broker, bus):
    """TLS from the options or the URL's query; who checks finds out a stranger and a wrong name."""
    url = broker.address().replace("127.0.0.1:%d" % broker.port, "localhost:%d" % broker.tls_port)

    def cast(url, **rabbit):
        return bus(url, rpc_response_timeout=2, rabbit=rabbit).ask("cast", "stop_instance", server="x", args={})

    assert "fault" not in cast(url, ssl="true")
    assert "fault" not in cast(url + "?ssl=1")
    assert "fault" not in cast(url, ssl="true", ssl_ca_file=broker.path("server.pem"),
                               ssl_enforce_hostname_verification="true")
    assert cast(url, ssl="true", ssl_ca_file=broker.path("other.pem"))["fault"] == "MessageDeliveryFailure"
    named = url.replace("localhost", "127.0.0.1")
    assert "fault" not in cast(named, ssl="true", ssl_ca_file=broker.path("server.pem"))
    assert cast(named, ssl="true", ssl_ca_file=broker.path("server.pem"),
                ssl_enforce_hostname_verification="true")["fault"] == "MessageDeliveryFailure"
    assert "fault" in cast(url)


@pytest.mark.parametrize("form, header", (
    ("gzip", "application/x-gzip"), ("zlib", "application/x-gzip"), ("bzip2", "application/x-bz2"), ("bzip", "application/x-bz2"),
    ("lzma", "application/x-lzma"), ("xz", "application/x-lzma"), ("brotli", None), (None, None)))
def test_compression(broker, bus, form, header):
    """Sent as kombu compresses it; a form that we do not have is said, and the message goes as it is."""
    topic = "compress-%s" % form
    broker.bind("nova", "topic", topic, topic)
    one = bus(rabbit={"kombu_compression": form} if form else {})
    assert "fault" not in one.ask("cast", "stop_instance", topic=topic, args={"number": 7})
    with broker.channel() as channel:
        message = channel.basic_get(topic, no_ack=True)
    assert message.headers.get("compression") == header
    body = message.body if isinstance(message.body, bytes) else message.body.encode()
    library = {"application/x-gzip": zlib, "application/x-bz2": bz2, "application/x-lzma": lzma}.get(header)
    plain = library.decompress(body) if header else body
    assert json.loads(json.loads(plain)["oslo.message"])["method"] == "stop_instance"
    if header:
        assert library.compress(plain) == body
    assert ("kombu_compression = %s is not supported" % form in one.log.read_text()) == (form == "brotli")


@needs_library
@pytest.mark.parametrize("ours, theirs", ((None, "gzip"), ("gzip", "gzip"), ("bzip2", "bzip2"), (None, "bzip2"),
                                          ("lzma", "lzma"), ("gzip", "xz")))
def test_compressed_replies(broker, bus, ours, theirs):
    """What another side compresses is read, whatever is configured here; and it reads ours."""
    from bus import Server
    endpoint = Endpoint()
    with Server(broker.address("?kombu_compression=" + theirs), "compute", "h1", endpoint):
        one = bus(rabbit={"kombu_compression": ours} if ours else {})
        assert one.ask("call", "get_host_uptime", server="h1", args={"a": "ü"})["result"]["args"] == {"a": "ü"}
        assert one.ask("call", "set_admin_password", server="h1", args={"size": 300000})["result"] == "é" * 300000
    assert len(endpoint.seen) == 1


def arguments_of(broker, queue):
    """Of a queue, as the broker has them."""
    rows = json.loads(broker.control("list_queues", "-p", "bus", "--formatter", "json", "name", "durable", "arguments"))
    row = next(row for row in rows if row["name"].startswith(queue))
    told = row["arguments"]
    return row["durable"], {entry[0]: entry[2] for entry in told} if isinstance(told, list) else told


@pytest.mark.parametrize("options, durable, expected", (
    ({}, False, {}),
    ({"rabbit_ha_queues": "true"}, False, {"x-ha-policy": "all"}),
    ({"amqp_durable_queues": "true"}, True, {}),
    ({"rabbit_quorum_queue": "true"}, True, {"x-queue-type": "quorum"}),
    ({"rabbit_quorum_queue": "true", "rabbit_quorum_delivery_limit": 3, "rabbit_quroum_max_memory_length": 40,
      "rabbit_quroum_max_memory_bytes": 5000000000},
     True, {"x-queue-type": "quorum", "x-delivery-limit": 3, "x-max-in-memory-length": 40,
            "x-max-in-memory-bytes": 5000000000})))
def test_queue_options(broker, bus, options, durable, expected):
    """A notification's queue is declared as the options of ours that say so want it."""
    topic = "queues%d" % (abs(hash(str(options))) % 1000000)
    one = bus(rabbit=options, control_exchange=topic, notifications=[
        "[oslo_messaging_notifications]", "driver = messagingv2", "topics = " + topic,
        "[notifications]", "notification_format = unversioned"])
    assert "fault" not in one.ask("notify", event="x.y", payload={})
    assert arguments_of(broker, topic + ".info") == (durable, expected)


def test_queue_options_that_contradict(bus):
    """Both kinds at once are refused before anything is declared."""
    answer = bus(rabbit={"rabbit_quorum_queue": "true", "rabbit_ha_queues": "true"}).ask(
        "cast", "stop_instance", server="h", args={})
    assert answer["fault"] == "MessageDeliveryFailure" and "both enabled" in answer["message"]


@needs_library
@pytest.mark.parametrize("option, said", (({}, False), ({"enable_cancel_on_failover": "true"}, True)))
def test_replies_queue(broker, bus, option, said):
    """It goes with its idleness, and its consumer may ask to be told of a failover."""
    with serving(broker):
        one = bus(rabbit={"rabbit_transient_queues_ttl": 77, **option})
        assert "fault" not in one.ask("call", "get_host_uptime", server="h1", args={})
        rows = json.loads(broker.control("list_queues", "-p", "bus", "--formatter", "json", "name", "arguments"))
        assert any(row["name"].startswith("reply_") and "77000" in json.dumps(row["arguments"]) for row in rows)
        consumers = json.loads(broker.control("list_consumers", "-p", "bus", "--formatter", "json", "queue_name", "arguments"))
        told = [row for row in consumers if "x-cancel-on-ha-failover" in json.dumps(row["arguments"])]
        assert bool(told) == said
        assert all(row["queue_name"].startswith("reply_") for row in told)


@pytest.mark.parametrize("level, version", ((None, "6.0"), ("zed", "6.0"), ("victoria", "5.0"), ("5.3", "5.0")))
def test_upgrade_levels(broker, bus, level, version):
    """A cast says the version that the option caps it to."""
    topic = "compute.level%s" % level
    broker.bind("nova", "topic", topic, topic)
    one = bus(notifications=["[upgrade_levels]", "compute = " + level] if level else [])
    assert "fault" not in one.ask("cast", "stop_instance", server=topic.split(".", 1)[1], args={})
    assert broker.take(topic)[2]["version"] == version


def test_an_upgrade_level_that_cannot_say_it(broker, bus):
    """What an older side does not know is not sent."""
    one = bus(notifications=["[upgrade_levels]", "compute = 5.1"])
    assert one.ask("cast", "revert_resize", server="old", args={})["fault"]


def test_secrets(broker, bus):
    """Neither the token nor the arguments stand in the log."""
    one = bus(default_log_levels="oslo.messaging=DEBUG")
    one.ask("cast", "rescue_instance", server="x", args={"rescue_password": "geheimnis"})
    text = one.log.read_text()
    assert "CAST unique_id" in text and "geheimnis" not in text and "tok\"" not in text
