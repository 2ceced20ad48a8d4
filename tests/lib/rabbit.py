#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A RabbitMQ of a test's own, and a consumer that keeps every message published there and answers the calls among them.

    broker = Broker()                        starts rabbitmq-server with virtual hosts top, cell1, cell2
    broker.url('top')                        for transport_url
    tap = Tap(broker)                        from now on every message of every virtual host is kept
    tap.replies['get_console_output'] = 'text'        a value, Failure(...), a function of the message, or SILENCE
    tap.take()                               what was published since the last take, in order: [Message, ...]

The tap sees what is published, to whatever exchange and whether or not a queue is bound (RabbitMQ's own tracing).
"""
import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import amqp

import guardian
from ports import free_port

SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server'
USER, PASSWORD = 'rig', 'rigsecret'
VHOSTS = ('top', 'cell1', 'cell2')
SILENCE = object()


def available():
    return os.path.exists(SERVER)


class Broker:
    """rabbitmq-server in a folder of its own; needs no epmd but its own."""

    def __init__(self, vhosts=VHOSTS, port=None):
        self.vhosts = vhosts
        self.base = tempfile.mkdtemp(prefix='nova-rabbit.')
        self.port, self.epmd_port, self.dist_port = port or free_port(), free_port(), free_port()
        self.processes, self.wards = [], []
        self.ward = guardian.command(['rm', '-rf', self.base])
        self._write()
        self.start()

    def path(self, *names):
        return os.path.join(self.base, *names)

    def _write(self):
        os.chmod(self.base, 0o755)
        for name in ('mnesia', 'log', 'config', 'home'):
            os.mkdir(self.path(name))
        with open(self.path('definitions.json'), 'w', encoding='utf-8') as out:
            json.dump({
                'users': [{'name': USER, 'password': PASSWORD, 'tags': 'administrator'}],
                'vhosts': [{'name': name} for name in self.vhosts],
                'permissions': [{'user': USER, 'vhost': name, 'configure': '.*', 'write': '.*', 'read': '.*'}
                                for name in self.vhosts]}, out)
        with open(self.path('rabbitmq.conf'), 'w', encoding='utf-8') as out:
            out.write('listeners.tcp.1 = 127.0.0.1:%d\nload_definitions = %s\nloopback_users.guest = true\n'
                      'log.file.level = warning\nlog.console = false\nvm_memory_high_watermark.relative = 0.2\n'
                      'disk_free_limit.absolute = 10MB\n' % (self.port, self.path('definitions.json')))
        with open(self.path('advanced.config'), 'w', encoding='utf-8') as out:
            out.write('[{rabbit, [{trace_vhosts, [%s]}]}].\n' % ', '.join('<<"%s">>' % name for name in self.vhosts))
        with open(self.path('enabled_plugins'), 'w', encoding='utf-8') as out:
            out.write('[].\n')
        if os.getuid() == 0:
            for folder, _, names in os.walk(self.base):
                for name in ['.', *names]:
                    shutil.chown(os.path.join(folder, name), 'rabbitmq', 'rabbitmq')

    def _as_owner(self, argv):
        if os.getuid() == 0:
            return ['setpriv', '--reuid', 'rabbitmq', '--regid', 'rabbitmq', '--init-groups', *argv]
        return argv

    def environment(self):
        return {'PATH': '/usr/bin:/bin:/usr/sbin:/sbin', 'LANG': 'C.UTF-8', 'HOME': self.path('home'),
                'RABBITMQ_NODENAME': 'rig%d@localhost' % self.port, 'RABBITMQ_CONF_ENV_FILE': '/dev/null',
                'RABBITMQ_CONFIG_FILE': self.path('rabbitmq.conf'), 'RABBITMQ_BASE': self.base,
                'RABBITMQ_ADVANCED_CONFIG_FILE': self.path('advanced.config'),
                'RABBITMQ_MNESIA_BASE': self.path('mnesia'), 'RABBITMQ_LOG_BASE': self.path('log'),
                'RABBITMQ_GENERATED_CONFIG_DIR': self.path('config'),
                'RABBITMQ_ENABLED_PLUGINS_FILE': self.path('enabled_plugins'), 'RABBITMQ_PID_FILE': self.path('pid'),
                'RABBITMQ_DIST_PORT': str(self.dist_port), 'ERL_EPMD_PORT': str(self.epmd_port),
                'ERL_EPMD_ADDRESS': '127.0.0.1', 'RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS':
                '-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none'}

    def start(self, seconds=180):  # beside compilers it takes a minute
        env = self.environment()
        with open(self.path('out'), 'ab') as out:
            for argv in (['epmd', '-address', '127.0.0.1', '-port', str(self.epmd_port)], [SERVER]):
                self.processes.append(subprocess.Popen(self._as_owner(argv), env=env, stdout=out, stderr=out,
                                                       stdin=subprocess.DEVNULL, cwd=self.base,
                                                       start_new_session=True))
                self.wards.append(guardian.process(self.processes[-1]))
                if argv[0] == 'epmd':
                    self._wait(self.epmd_port, 30)
        self._wait(self.port, seconds)
        end = time.monotonic() + seconds
        while True:  # listening comes before the users are there
            try:
                self.connect(self.vhosts[-1]).close()
                return
            except (OSError, amqp.exceptions.AMQPError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def _wait(self, port, seconds):
        end = time.monotonic() + seconds
        while True:
            with socket.socket() as s:
                if s.connect_ex(('127.0.0.1', port)) == 0:
                    return
            if time.monotonic() > end or self.processes[-1].poll() is not None:
                with open(self.path('out'), encoding='utf-8', errors='replace') as out:
                    raise RuntimeError('rabbitmq-server does not listen on %d:\n%s' % (port, out.read()[-3000:]))
            time.sleep(0.05)

    def connect(self, vhost):
        link = amqp.Connection(host='127.0.0.1:%d' % self.port, userid=USER, password=PASSWORD, virtual_host=vhost,
                               connect_timeout=5)
        link.connect()
        return link

    def url(self, vhost):
        return 'rabbit://%s:%s@127.0.0.1:%d/%s' % (USER, PASSWORD, self.port, vhost)

    def halt(self):
        """Stops the server; its data stay, start() brings it back."""
        for process in reversed(self.processes):
            if process.poll() is None:
                try:
                    os.killpg(process.pid, 15)
                    process.wait(20)
                except ProcessLookupError:
                    pass
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, 9)
                    process.wait(5)
        self.forget()

    def forget(self):
        for ward in self.wards:
            guardian.forget(ward)
        self.processes, self.wards = [], []

    def stop(self):
        self.halt()
        shutil.rmtree(self.base, ignore_errors=True)
        guardian.forget(self.ward)


class Failure:
    """What a remote method raises."""

    def __init__(self, name, module='nova.exception', message='', kwargs=None, args=None):
        self.name, self.module, self.message, self.kwargs, self.args = (
            name, module, message, kwargs or {}, args if args is not None else [message])

    def text(self):
        return json.dumps({'class': self.name, 'module': self.module, 'message': self.message,
                           'tb': ['Traceback (most recent call last):\n', self.name + '\n'], 'args': self.args,
                           'kwargs': self.kwargs})


class Message:
    """One published message."""

    def __init__(self, vhost, exchange, routing_key, properties, body):
        self.vhost, self.exchange, self.routing_key, self.properties, self.body = (
            vhost, exchange, routing_key, properties, body)
        self.inner = None
        try:
            outer = json.loads(body)
            self.inner = json.loads(outer['oslo.message']) if 'oslo.message' in outer else outer
        except (ValueError, TypeError, KeyError):
            pass

    @property
    def method(self):
        return self.inner.get('method') if isinstance(self.inner, dict) else None

    def __repr__(self):
        return '<%s %s/%s %s>' % (self.vhost, self.exchange, self.routing_key, self.method or self.body[:60])


class Tap:
    """Keeps what is published and plays the servers of the calls."""

    def __init__(self, broker):
        self.broker = broker
        self.replies = {}
        self.default = None  # the result of a call that `replies` does not name
        self.kept, self.fences = queue.SimpleQueue(), queue.SimpleQueue()
        self.threads, self.stopping, self.markers = [], False, {}
        for vhost in broker.vhosts:
            ready = threading.Event()
            thread = threading.Thread(target=self._run, args=(vhost, ready), daemon=True)
            thread.start()
            self.threads.append(thread)
            if not ready.wait(20):
                raise RuntimeError('the tap of %s does not come up' % vhost)

    def _run(self, vhost, ready):
        link = self.broker.connect(vhost)
        channel = link.channel()
        # Somebody listens to everything, as in a cloud whose services are up.
        channel.exchange_declare('nova', 'topic', durable=False, auto_delete=False)
        channel.queue_declare('sink', durable=False, auto_delete=True, arguments={'x-max-length': 1})
        channel.queue_bind('sink', 'nova', '#')
        name = channel.queue_declare('', exclusive=True).queue
        channel.queue_bind(name, 'amq.rabbitmq.trace', 'publish.#')
        channel.basic_consume(name, no_ack=True, callback=lambda m: self._got(vhost, channel, m))
        channel.basic_consume('sink', no_ack=True, callback=lambda m: None)
        self.markers[vhost] = name
        ready.set()
        try:
            while not self.stopping:
                try:
                    link.drain_events(timeout=0.5)
                except socket.timeout:
                    pass
            link.close()
        except (OSError, amqp.exceptions.AMQPError):
            if not self.stopping:
                print('the tap of %s lost its connection' % vhost, file=sys.stderr)

    def _got(self, vhost, channel, traced):
        if traced.delivery_info['exchange'] == '':
            self.fences.put(traced.body)
            return
        headers = traced.headers
        exchange = text(headers.get('exchange_name', ''))
        keys = [text(k) for k in headers.get('routing_keys', [])]
        properties = {text(k): v for k, v in (headers.get('properties') or {}).items()}
        body = text(traced.body)
        message = Message(vhost, exchange, keys[0] if keys else '', properties, body)
        if exchange == '':
            if keys and keys[0].startswith('amq.gen-'):
                return  # a fence
            if isinstance(message.inner, dict) and 'result' in message.inner:
                return  # our own reply
        self.kept.put(message)
        if isinstance(message.inner, dict) and '_msg_id' in message.inner and '_reply_q' in message.inner:
            self._reply(channel, message)

    def _reply(self, channel, message):
        result, failure = self.replies.get(message.method, self.default), None
        if callable(result):
            result = result(message)
        if result is SILENCE:
            return
        if isinstance(result, Failure):
            result, failure = None, result.text()
        inner = {'result': result, 'failure': failure, 'ending': True, '_msg_id': message.inner['_msg_id'],
                 '_unique_id': uuid.uuid4().hex}
        body = json.dumps({'oslo.version': '2.0', 'oslo.message': json.dumps(inner)})
        channel.basic_publish(amqp.Message(body, content_type='application/json', content_encoding='utf-8',
                                           delivery_mode=2), exchange='', routing_key=message.inner['_reply_q'])

    def fence(self, seconds=60):
        """Returns once everything published (and confirmed) before has been seen."""
        for vhost, name in self.markers.items():
            link = self._fence_link(vhost)
            link.basic_publish(amqp.Message(uuid.uuid4().hex), exchange='', routing_key=name)
        for _ in self.markers:
            self.fences.get(timeout=seconds)

    def _fence_link(self, vhost):
        if not hasattr(self, 'links'):
            self.links = {}
        if vhost not in self.links:
            link = self.broker.connect(vhost)
            self.links[vhost] = (link, link.channel())
        return self.links[vhost][1]

    def take(self, seconds=60):
        self.fence(seconds)
        out = []
        while True:
            try:
                out.append(self.kept.get_nowait())
            except queue.Empty:
                return out

    def close(self):
        self.stopping = True
        for thread in self.threads:
            thread.join(3)
        for link, _ in getattr(self, 'links', {}).values():
            link.close()


def text(value):
    return value.decode('utf-8', 'replace') if isinstance(value, bytes) else value


if __name__ == '__main__':
    here = Broker(port=int(sys.argv[1]) if len(sys.argv) > 1 else None)
    print(' '.join(here.url(v) for v in here.vhosts), flush=True)
    try:
        watch = Tap(here)
        while True:
            time.sleep(0.5)
            for seen in watch.take():
                print(seen, flush=True)
    except KeyboardInterrupt:
        here.stop()
