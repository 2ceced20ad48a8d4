#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Ratios from one run on one machine: ours against a bare libfcgi responder, and against Python's nova-api when a lab is up.

usage: bench.py [--short] [--lab] [--seconds N] [--json FILE]

Always: GET / through lighttpd, ours and a bare responder in turn; CPU a request, PostgreSQL's CPU, memory, start-up and the
cost a row on a seeded database of our own.
--lab: the same for Python's nova-api (uwsgi, noauth2; then keystone) on the lab's databases (LAB_DIR, default /tmp/nova-lab), ours
beside it.
CPU is utime + stime of the processes from /proc, PostgreSQL's less what it takes when nothing is asked. Nothing is
asserted: a figure that misses its target is printed so. README.md has the method and what was measured.
"""
import argparse
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
import bench_writes  # noqa: E402
import stack  # noqa: E402

TICK = os.sysconf('SC_CLK_TCK')
WORKERS = 2


def own_seconds(pid, ticks):
    """CPU of a process: by the scheduler's clock where the kernel shows it, thread by thread, else by its ticks."""
    spent = 0
    try:
        for task in os.listdir('/proc/%s/task' % pid):
            with open('/proc/%s/task/%s/schedstat' % (pid, task), encoding='ascii') as stat:
                spent += int(stat.read().split()[0])
    except OSError:
        return ticks / TICK
    return max(spent / 1e9, (ticks - 2) / TICK)  # threads that ended are in the ticks alone


def children(root):
    """root and every process beneath it, with the seconds of CPU of each and of its children that ended."""
    stats = {}
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open('/proc/%s/stat' % pid, encoding='latin-1') as stat:
                fields = stat.read().rsplit(') ', 1)[1].split()
        except OSError:
            continue
        stats[int(pid)] = (int(fields[1]), [int(field) for field in fields[11:15]])
    family, grew = {root}, True
    while grew:
        grew = False
        for pid, (parent, _) in stats.items():
            if parent in family and pid not in family:
                family.add(pid)
                grew = True
    return {pid: own_seconds(pid, sum(stats[pid][1][:2])) + sum(stats[pid][1][2:]) / TICK
            for pid in family if pid in stats}


def cpu(root):
    """Seconds of CPU of a process and its descendants, those that ended included (by their parents' counts)."""
    return sum(children(root).values())


@functools.lru_cache
def background(postgres):
    """Seconds of CPU a second that PostgreSQL takes while nothing is asked: of its own, and for others in the lab."""
    before, begun = cpu(postgres), time.monotonic()
    time.sleep(4)
    return (cpu(postgres) - before) / (time.monotonic() - begun)


def private_kib(pid):
    total = 0
    with open('/proc/%d/smaps_rollup' % pid, encoding='ascii') as lines:
        for line in lines:
            if line.startswith('Private_'):
                total += int(line.split()[1])
    return total


def wrk(url, seconds, connections=8, token=None):
    argv = ['wrk', '-t1', '-c%d' % connections, '-d%ds' % seconds]
    if token:
        argv += ['-H', 'X-Auth-Token: ' + token]
    out = subprocess.run(argv + [url], capture_output=True, text=True, check=True).stdout
    bad = re.search(r'Non-2xx or 3xx responses: (\d+)', out)
    if bad:
        print('    wrk: %s answers were errors for %s' % (bad.group(1), url))
    return float(re.search(r'Requests/sec:\s+([\d.]+)', out).group(1))


def ask(url, count, token, version=None):
    """count sequential requests on kept connections; bytes of the last body."""
    import http.client
    import urllib.parse
    parts = urllib.parse.urlsplit(url)
    target = parts.path + ('?' + parts.query if parts.query else '')
    headers = {'X-Auth-Token': token}
    if version:
        headers['OpenStack-API-Version'] = 'compute ' + version
    size = 0
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=120)
    for _ in range(count):
        connection.request('GET', target, headers=headers)
        answer = connection.getresponse()
        size = len(answer.read())
        if answer.status != 200:
            raise RuntimeError('%s answered %d' % (url, answer.status))
        if answer.will_close:
            connection.close()
            connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=120)
    connection.close()
    return size


def measure(base, path, root, postgres, token, count, version=None):
    """(our CPU ms, PostgreSQL's CPU ms, wall ms) a request."""
    url = base + path
    ask(url, max(3, min(20, count // 5)), token, version)
    idle = background(postgres)
    before, pg_before, begun = cpu(root), cpu(postgres), time.monotonic()
    ask(url, count, token, version)
    wall = time.monotonic() - begun
    time.sleep(0.05)
    spent = cpu(root) - before
    pg_spent = max(cpu(postgres) - pg_before - idle * (time.monotonic() - begun), 0)
    return (spent * 1000 / count, pg_spent * 1000 / count, wall * 1000 / count)


def say(*words):
    print(*words, flush=True)


def verdict(ratio, target, at_least):
    good = ratio >= target if at_least else ratio <= target
    return 'met' if good else 'MISSED'


def bench_floor(folder, conf, seconds, rounds, results):
    """GET / : ours against the bare responder behind the same kind of lighttpd, in turn."""
    bare = os.path.join(stack.BUILD, 'tests/bench/bare_fcgi')
    sock = os.path.join(folder, 'bare.sock')
    spawn = subprocess.run(['spawn-fcgi', '-s', sock, '-F', str(WORKERS), '--', bare], capture_output=True, text=True,
                           check=True, stdin=subprocess.DEVNULL)
    bare_pids = [int(p) for p in re.findall(r'PID: (\d+)', spawn.stdout)]
    pool = stack.Pool(folder, conf)
    front_ours = stack.Lighttpd(folder, pool.socket)
    front_bare = stack.Lighttpd(folder, sock)
    try:
        ours, floor = [], []
        for _ in range(rounds):
            floor.append(wrk(front_bare.url + '/', seconds))
            ours.append(wrk(front_ours.url + '/', seconds))
        ratio = sorted(o / f for o, f in zip(ours, floor))[rounds // 2]
        say('GET /            ours %8.0f/s   bare libfcgi %8.0f/s   ratio %.2f (target 0.85: %s)' % (
            max(ours), max(floor), ratio, verdict(ratio, 0.85, True)))
        results['root'] = {'ours': ours, 'bare': floor, 'ratio': ratio}
    finally:
        for it in (front_ours, front_bare, pool):
            it.stop()
        for pid in bare_pids:
            os.kill(pid, 15)


def bench_start(folder, conf, results):
    """From exec to the first answer, in ms; the best of five."""
    spans, spent = [], []
    for _ in range(5):
        begun = time.monotonic()
        with open(os.path.join(folder, 'start.out'), 'ab') as out:
            process = subprocess.Popen([stack.PROGRAM, '--config-file', conf], stdout=out, stderr=out,
                                       env=stack.environment())
        try:
            while not first_answer(os.path.join(folder, 'api.sock')):
                if time.monotonic() - begun > 20:
                    raise RuntimeError('no answer within 20 s')
                time.sleep(0.001)
            spans.append((time.monotonic() - begun) * 1000)
            spent.append(cpu(process.pid) * 1000)
        finally:
            process.terminate()
            process.wait()
    say('start            %.0f ms from exec to first answer (target 100: %s), %.0f ms of them CPU' % (
        min(spans), verdict(min(spans), 100, False), min(spent)))
    results['start_ms'] = spans


def first_answer(path):
    """One GET / over FastCGI, by hand: what a front server would send."""
    import socket
    import struct

    def record(kind, data):
        return struct.pack('>BBHHBB', 1, kind, 1, len(data), 0, 0) + data

    pairs = b''
    for name, value in ((b'REQUEST_METHOD', b'GET'), (b'SCRIPT_NAME', b''), (b'PATH_INFO', b'/'),
                        (b'SERVER_NAME', b'x'), (b'SERVER_PORT', b'80'), (b'HTTP_HOST', b'x')):
        pairs += bytes((len(name), len(value))) + name + value
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(5)
        try:
            s.connect(path)
            s.sendall(record(1, b'\0\1\0\0\0\0\0\0') + record(4, pairs) + record(4, b'') + record(5, b''))
            return b'versions' in s.recv(65536)
        except OSError:
            return False


def bench_rows(folder, conf, cluster_pid, results, counts):
    """Our own seeded database: CPU a request, memory, and the cost a row."""
    pool = stack.Pool(folder, conf)
    front = stack.Lighttpd(folder, pool.socket)
    try:
        ask(front.url + '/v2.1/flavors/detail', 50, stack.TOKEN)
        idle = max(private_kib(pid) for pid in children(pool.pid) if pid != pool.pid)
        pages = {}
        for limit in (10, 100, 1000):
            mine, pg, _ = measure(front.url, '/v2.1/servers/detail?limit=%d' % limit, pool.pid, cluster_pid,
                                  stack.TOKEN, counts[limit], '2.93')
            pages[limit] = (mine, pg)
            say('detail?limit=%-4d ours %7.3f ms CPU (%5.1f µs a row)   PostgreSQL %7.2f ms' % (
                limit, mine, mine * 1000 / limit, pg))
        big = max(private_kib(pid) for pid in children(pool.pid) if pid != pool.pid)
        say('memory           %.1f MiB private a worker idle (target 5: %s), %.1f MiB after the big list (target 16: %s)' % (
            idle / 1024, verdict(idle / 1024, 5, False), big / 1024, verdict(big / 1024, 16, False)))
        results['pages'] = pages
        results['memory_kib'] = {'idle': idle, 'big': big}
    finally:
        front.stop()
        pool.stop()


LAB_TARGETS = [
    # path, requests for ours, for Python's, target of our CPU as a part of theirs, of PostgreSQL's
    ('/v2.1/flavors/detail', 2000, 200, 40, None),
    ('/v2.1/servers/{id}', 1000, 80, 80, 8),
    ('/v2.1/servers/detail?limit=20', 500, 30, None, None),
    ('/v2.1/servers/detail?limit=1000', 60, 6, 150, 4),
]


def lab_pid(lab, name):
    with open(os.path.join(lab, 'run/%s.pid' % name), encoding='ascii') as f:
        return int(f.read().split()[0])


def bench_lab(folder, lab, results):
    """Both programs on the lab's databases, noauth2, the same number of processes."""
    source = os.path.join(lab, 'etc/nova-noauth/nova.conf')
    with open(source, encoding='utf-8') as f:
        text = f.read()
    api = re.search(r'^connection = (\S*nova_api)$', text, re.M).group(1)
    main = re.search(r'^connection = (\S*nova_cell1)$', text, re.M).group(1)
    conf = stack.write_configuration(folder, api, main)
    theirs = 'http://127.0.0.1:38774'
    newest = json.loads(stack.get(theirs + '/v2.1/servers/detail?all_tenants=1&status=ACTIVE&limit=1')[2])['servers'][0]
    server, token = newest['id'], 'admin:' + newest['tenant_id']
    postgres = lab_pid(lab, 'postgres')
    their_root = lab_pid(lab, 'nova-api-uwsgi-noauth')
    pool = stack.Pool(folder, conf)
    front = stack.Lighttpd(folder, pool.socket)
    try:
        for path, n_ours, n_theirs, want, want_pg in LAB_TARGETS:
            target = path.format(id=server)
            mine = measure(front.url, target, pool.pid, postgres, token, n_ours)
            other = measure(theirs, target, their_root, postgres, token, n_theirs)
            ratio = other[0] / mine[0] if mine[0] else float('inf')
            pg = other[1] / mine[1] if mine[1] else float('inf')
            say('%-32s CPU ours %7.3f ms  python %8.2f ms  1/%-5.0f%s' % (
                path, mine[0], other[0], ratio, ' (target 1/%d: %s)' % (want, verdict(ratio, want, True)) if want else ''))
            say('%-32s PostgreSQL %5.2f ms  python %8.2f ms  1/%-5.1f%s' % (
                '', mine[1], other[1], pg, ' (target 1/%d: %s)' % (want_pg, verdict(pg, want_pg, True)) if want_pg else ''))
            results.setdefault('lab', {})[path] = {'ours': mine, 'python': other}
    finally:
        front.stop()
        pool.stop()


KEYSTONE_TARGETS = [
    ('/v2.1/flavors/detail', 1000, 100, None),
    ('/v2.1/servers/{id}', 400, 40, 60),
    ('/v2.1/servers/detail?limit=1000', 20, 4, 120),
]


def keystone_token(user='demo', project='demo', password='labsecret'):
    """A token of the lab's keystone, and its project."""
    domain = {'name': 'Default'}
    body = {'auth': {'identity': {'methods': ['password'], 'password': {'user': {'name': user, 'domain': domain, 'password': password}}},
                     'scope': {'project': {'name': project, 'domain': domain}}}}
    request = urllib.request.Request('http://127.0.0.1:5000/v3/auth/tokens', json.dumps(body).encode(),
                                     {'Content-Type': 'application/json'})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.headers['X-Subject-Token']


def bench_keystone(folder, lab, results):
    """Both programs behind keystone with a token that both have cached, security groups from neutron included."""
    with open(os.path.join(lab, 'etc/nova/nova.conf'), encoding='utf-8') as f:
        text = f.read()
    api = re.search(r'^connection = (\S*nova_api)$', text, re.M).group(1)
    main = re.search(r'^connection = (\S*nova_cell1)$', text, re.M).group(1)
    groups = [group for group in re.split(r'^(?=\[)', text, flags=re.M)
              if re.match(r'\[(keystone_authtoken|service_user|glance|cinder|neutron|placement)\]', group)]
    conf = stack.write_configuration(folder, api, main, extra='\n' + ''.join(groups))
    with open(conf, encoding='utf-8') as f:
        ours = f.read().replace('auth_strategy = noauth2', 'auth_strategy = keystone').replace(
            'transport_url = fake://', re.search(r'^transport_url = .*$', text, re.M).group(0))
    with open(conf, 'w', encoding='utf-8') as f:
        f.write(ours)
    theirs, token = 'http://127.0.0.1:28774', keystone_token()
    newest = json.loads(stack.get(theirs + '/v2.1/servers?status=ACTIVE&limit=1', token)[2])['servers'][0]
    postgres, neutron = lab_pid(lab, 'postgres'), lab_pid(lab, 'neutron-server')
    their_root = lab_pid(lab, 'nova-api-uwsgi')
    pool = stack.Pool(folder, conf)
    front = stack.Lighttpd(folder, pool.socket)
    try:
        bench_writes.on_lab(sys.modules[__name__], front.url, pool.pid, theirs, their_root, token, main, results)
        for path, n_ours, n_theirs, want in KEYSTONE_TARGETS:
            target = path.format(id=newest['id'])
            before = cpu(neutron)
            mine = measure(front.url, target, pool.pid, postgres, token, n_ours)
            between = cpu(neutron)
            other = measure(theirs, target, their_root, postgres, token, n_theirs)
            # measure() asks a little more than it counts, to warm up
            net = tuple(spent * 1000 / (n + max(3, min(20, n // 5)))
                        for spent, n in ((between - before, n_ours), (cpu(neutron) - between, n_theirs)))
            ratio = other[0] / mine[0] if mine[0] else float('inf')
            say('keystone %-32s CPU ours %7.3f ms  python %8.2f ms  1/%-5.0f%s' % (
                path, mine[0], other[0], ratio, ' (target 1/%d: %s)' % (want, verdict(ratio, want, True)) if want else ''))
            if net[1] > 1:
                say('         %-32s neutron  %7.1f ms  python %8.1f ms  %.2f of it (target 0.5: %s)' % (
                    '', net[0], net[1], net[0] / net[1], verdict(net[0] / net[1], 0.5, False)))
            results.setdefault('keystone', {})[path] = {'ours': mine, 'python': other, 'neutron': net}
    finally:
        front.stop()
        pool.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--short', action='store_true', help='a minute: smaller counts, no flatness over 200,000 servers')
    parser.add_argument('--lab', action='store_true', help='also against Python in the lab')
    parser.add_argument('--only-lab', action='store_true')
    parser.add_argument('--seconds', type=int, default=5)
    parser.add_argument('--json')
    args = parser.parse_args()
    results = {'load': os.getloadavg()}
    say('%d processors, load %.1f' % (os.cpu_count(), results['load'][0]))
    folder = tempfile.mkdtemp(prefix='nova-bench.')
    os.chmod(folder, 0o755)
    lab = os.environ.get('LAB_DIR', os.path.join(os.environ.get('TMPDIR', '/tmp'), 'nova-lab'))
    try:
        if not args.only_lab:
            cluster = stack.Cluster()
            try:
                conf = prepare(folder, cluster, 1000)
                with open(os.path.join(cluster.dir, 'data/postmaster.pid'), encoding='ascii') as f:
                    pg = int(f.readline())
                bench_start(folder, conf, results)
                bench_floor(folder, conf, 2 if args.short else args.seconds, 3, results)
                counts = {10: 200, 100: 60, 1000: 15} if args.short else {10: 2000, 100: 500, 1000: 100}
                bench_rows(folder, conf, pg, results, counts)
                if not args.short:
                    say('with 200,000 servers in the cell:')
                    seed(conf, 200000)
                    bench_rows(folder, conf, pg, results.setdefault('of_200000', {}), counts)
            finally:
                cluster.stop()
            bench_writes.on_stand_ins(sys.modules[__name__], results, with_python=not args.short)
        if args.lab or args.only_lab:
            if os.path.exists(os.path.join(lab, 'run/nova-api-uwsgi-noauth.pid')):
                bench_lab(folder, lab, results)
                bench_keystone(folder, lab, results)
            else:
                say('no lab runs in %s: nothing is compared with Python' % lab)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if args.json:
        with open(args.json, 'w', encoding='utf-8') as f:
            json.dump(results, f, indent=1)
    return 0


def prepare(folder, cluster, servers):
    conf = stack.write_configuration(folder, cluster.url('nova_api'), cluster.url('nova_cell0'), paste=None)
    text = open(conf, encoding='utf-8').read().replace('[DEFAULT]\n', '[DEFAULT]\nosapi_compute_workers = %d\n' % WORKERS)
    with open(conf, 'w', encoding='utf-8') as f:
        f.write(text)
    for argv in (['cell_v2', 'map_cell0', '--database_connection', cluster.url('nova_cell0')],
                 ['cell_v2', 'create_cell', '--name', 'cell1', '--transport-url', 'fake://', '--database_connection',
                  cluster.url('nova_cell1')]):
        subprocess.run([stack.MANAGE, '--config-file', conf, *argv], check=True, stdout=subprocess.DEVNULL,
                       env=stack.environment())
    seed(conf, servers)
    return conf


def seed(conf, servers):
    subprocess.run([stack.MANAGE, '--config-file', conf, 'db', 'seed', '--servers', str(servers), '--project',
                    stack.PROJECT], check=True, stdout=subprocess.DEVNULL, env=stack.environment())


if __name__ == '__main__':
    sys.exit(main())
