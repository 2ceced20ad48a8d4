# SPDX-License-Identifier: Apache-2.0
"""What tests of the bus need of a RabbitMQ beyond running one (rabbit.py): looking into queues, breaking connections,
and an RPC server of the real oslo.messaging.

    broker = Bus()                           a broker with one virtual host
    broker.bind(exchange, kind, key, queue)  a queue that keeps what is sent there
    broker.take(queue)                       its next message as (AMQP message, outer object, inner object)
    broker.close_connections()               as an operator's order
    Server(url, topic, server, endpoint)     with the real library, if it is installed
"""
import contextlib
import json
import os
import signal
import subprocess
import time

import rabbit
from ports import free_port


class Bus(rabbit.Broker):
    """One broker of its own with one virtual host."""

    def __init__(self):
        self.tls_port = free_port()
        super().__init__(vhosts=("bus",))

    def start(self, seconds=180):
        """As its parent; a busy machine is given time."""
        try:
            super().start(seconds)
        except RuntimeError:
            self.halt()
            raise

    def _write(self):
        """As its parent, with a TLS listener whose certificate is for localhost."""
        config = self.path("openssl.cnf")
        with open(config, "w", encoding="utf-8") as out:
            out.write("[req]\ndistinguished_name = dn\nx509_extensions = ext\nprompt = no\n[dn]\nCN = localhost\n"
                      "[ext]\nsubjectAltName = DNS:localhost\nbasicConstraints = critical,CA:TRUE\n")
        for name in ("server", "other"):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-config", config,
                            "-keyout", self.path(name + ".key"), "-out", self.path(name + ".pem")], check=True,
                           capture_output=True)
        super()._write()
        with open(self.path("rabbitmq.conf"), "a", encoding="utf-8") as out:
            out.write("listeners.ssl.1 = 127.0.0.1:%d\nssl_options.cacertfile = %s\nssl_options.certfile = %s\n"
                      "ssl_options.keyfile = %s\nssl_options.verify = verify_none\n"
                      % (self.tls_port, self.path("server.pem"), self.path("server.pem"), self.path("server.key")))

    def address(self, options=""):
        """For transport_url."""
        return self.url("bus") + options

    def control(self, *arguments):
        """Runs rabbitmqctl."""
        return subprocess.run(
            self._as_owner(["/usr/lib/rabbitmq/bin/rabbitmqctl", "-q", "-n", "rig%d@localhost" % self.port,
                            *arguments]), env=self.environment(), cwd=self.base, check=True,
            capture_output=True, text=True, timeout=60).stdout

    def kill(self):
        """Ends it at once; start() brings it back."""
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)
        self.forget()

    def close_connections(self):
        """The broker closes every connection."""
        self.control("close_all_connections", "-p", "bus", "test")

    @contextlib.contextmanager
    def channel(self):
        """A channel of a connection of its own."""
        link = self.connect("bus")
        try:
            yield link.channel()
        finally:
            link.close()

    def bind(self, exchange, kind, key, queue, durable=False):
        """A queue that keeps what is sent to an exchange with that key."""
        with self.channel() as channel:
            channel.exchange_declare(exchange, kind, durable=durable, auto_delete=kind == "fanout")
            channel.queue_declare(queue, durable=durable, auto_delete=False)
            channel.queue_bind(queue, exchange, key)

    def put(self, queue, text):
        """A message into a queue."""
        import amqp
        with self.channel() as channel:
            channel.basic_publish_confirm(amqp.Message(text), exchange="", routing_key=queue)

    def take(self, queue, seconds=5):
        """The next message of a queue; None: none came."""
        deadline = time.monotonic() + seconds
        with self.channel() as channel:
            while True:
                message = channel.basic_get(queue, no_ack=True)
                if message:
                    outer = json.loads(rabbit.text(message.body))
                    return message, outer, json.loads(outer["oslo.message"]) if "oslo.message" in outer else outer
                if time.monotonic() > deadline:
                    return None
                time.sleep(0.02)


class Server:
    """An RPC server of the real library on topic and server name, in threads of its own."""

    def __init__(self, url, topic, server, endpoint):
        import oslo_messaging
        from oslo_config import cfg
        conf = cfg.ConfigOpts()
        conf([])
        self.transport = oslo_messaging.get_rpc_transport(conf, url)
        conf.set_override("control_exchange", "nova")
        target = oslo_messaging.Target(exchange="nova", topic=topic, server=server)
        self.server = oslo_messaging.get_rpc_server(self.transport, target, [endpoint], executor="threading",
                                                    access_policy=oslo_messaging.ExplicitRPCAccessPolicy)

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.stop()
        self.server.wait()
        self.transport.cleanup()
