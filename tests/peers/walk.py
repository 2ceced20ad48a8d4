#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Who may do what: each row of the routes asked by every kind of user, under both sets of policy defaults.

usage: walk.py compare [PATTERN]      our program against recorded_walk.jsonl.gz
       walk.py live [PATTERN]         our program against Python's nova-api, both now
       walk.py record [PATTERN]       asks Python's nova-api alone; with a PATTERN replaces just those lines

corpus_walk.tsv names the requests. Compared are the answer and the tables left changed; what a request does in
full is the matter of writes.py, whose stage this uses. The world is put back only after requests that changed it.
"""
import argparse
import collections
import gzip
import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'lib')]

import stack  # noqa: E402
import write_mask  # noqa: E402
import write_world  # noqa: E402
import writes  # noqa: E402

CORPUS = os.path.join(HERE, 'corpus_walk.tsv')
RECORDED = os.path.join(HERE, 'recorded_walk.jsonl.gz')
WHO = ('admin', 'member', 'reader', 'other', 'norole', 'system_admin', 'system_reader', 'unscoped')
DEFAULTS = {'old': '[oslo_policy]\nenforce_new_defaults = false\nenforce_scope = false\n',
            'new': '[oslo_policy]\nenforce_new_defaults = true\nenforce_scope = true\n'}


def routes():
    """[(method, path, action, first, last version)] of each row, and whether it is built."""
    out = subprocess.run([stack.MANAGE, 'routes'], capture_output=True, text=True, check=True, env=stack.environment()).stdout
    for text in out.splitlines():
        method, path, action, versions, *rest = text.split('\t')
        first, _, last = versions.partition('-')
        yield (method, path, action, int(first.split('.')[1]), int((last or '2.93').split('.')[1])), rest[-1] == 'built'


def matches(row, line):
    method, path, action, first, last = row
    pattern = re.sub(r'\\\{[^}]*\\\}', r'[^/?]+', re.escape('/v2.1' + path))
    return (line.method == method and re.fullmatch(pattern, line.path.split('?')[0]) is not None and
            first <= int(line.version) <= last and (not action or '"%s"' % action in (line.body or '')))


def read_corpus(path=CORPUS):
    """A Line each; its who is filled in when it is asked."""
    names = write_world.placeholders()
    out = []
    with open(path, encoding='utf-8') as lines:
        for number, text in enumerate(lines, 1):
            if text.strip() and not text.startswith('#'):
                version, target, state, body = (*(re.sub(r'\{([a-z]\w*)\}', lambda m: names[m.group(1)], field)
                                                  for field in text.rstrip('\n').split('\t')), '')[:4]
                out.append(writes.Line(number, '*', *target.split(' ', 1), version, state, body or None, []))
    return out


def as_user(line, who):
    return writes.Line(line.line, who, line.method, line.path, line.version, line.state, line.body, [])


class Side:
    """One nova-api for each set of defaults."""

    def __init__(self, stage, start):
        self.parts = []
        try:
            for name, words in DEFAULTS.items():
                folder = os.path.join(stage.folder, '%s-%s' % (start.__name__, name))
                self.parts.append((name, *start(stage, folder, words)))
        except BaseException:
            self.stop()
            raise

    def stop(self):
        for _, _, *parts in self.parts:
            for part in reversed(parts):
                part.stop()


def ours(stage, folder, words):
    conf = stage.configuration(folder, ('keystone', ''))
    append(conf, words)
    pool = stack.Pool(folder, conf)
    front = stack.Lighttpd(folder, pool.socket)
    return writes.Asker(front.url), pool, front


def theirs(stage, folder, words):
    append(stage.configuration(folder, ('keystone', ''), 'postgresql+psycopg2'), words)
    port = stack.free_port()
    asker = writes.Asker('http://127.0.0.1:%d' % port)
    process = stack.Process(writes.reference_command(port), os.path.join(folder, 'out'), env=writes.reference_environment(folder))
    stack.wait_until("Python's nova-api answers", lambda: writes.Theirs.forget(asker), seconds=180, process=process.process)
    return asker, process


def append(path, words):
    with open(path, 'a', encoding='utf-8') as out:
        out.write('\n' + words)


class Walk:
    """Asks; knows whether the world is as it was."""

    def __init__(self, stage):
        self.stage, self.made = stage, None
        self.stage.tap.replies = writes.standard_replies(stage.rows)

    def make(self, state):
        """The world with that state; nothing to do where it is so already."""
        if self.made != state:
            self.stage.rows.restore()
            self.stage.peers.reset()
            write_world.apply_state(self.stage.rows, self.stage.peers, self.stage.tap, state, writes.remote_failure)
            self.stage.tap.replies = writes.standard_replies(self.stage.rows)
            self.made = state

    def ask(self, asker, line):
        self.make(line.state)
        answer = asker.ask_line(line)
        changes = self.stage.rows.changes()
        if changes or any(call.method != 'GET' and call.service != 'keystone' for call in self.stage.peers.take()):
            self.made = None
        out = write_mask.masked(line, answer, changes, [], [])
        return {'status': out['status'], 'body': out['body'], 'rows': sorted({row['in'] for row in out['rows']})}

    def everybody(self, side, line, after=None):
        """{set of defaults: {who: what came of it}}"""
        out = {}
        for name, asker, *_ in side.parts:
            if after:
                after(asker)
            out[name] = {who: self.ask(asker, as_user(line, who)) for who in WHO}
        self.stage.tap.take()
        return out


def packed(outcome):
    """Who got the same stands together."""
    groups = collections.OrderedDict()
    for name, each in outcome.items():
        for who, got in each.items():
            groups.setdefault(json.dumps(got), []).append('%s %s' % (name, who))
    return [[whos, json.loads(got)] for got, whos in groups.items()]


def unpacked(groups):
    return {who: got for whos, got in groups for who in whos}


def read_recorded(path=RECORDED):
    if not os.path.exists(path):
        return {}
    with gzip.open(path, 'rt', encoding='utf-8') as lines:
        return {row['line']: row['got'] for row in map(json.loads, lines)}


def write_recorded(rows, path=RECORDED):
    with open(path + '.new', 'wb') as raw, gzip.GzipFile('', 'wb', mtime=0, fileobj=raw) as out:
        for line, got in rows.items():
            out.write(json.dumps({'line': line, 'got': got}).encode() + b'\n')
    os.replace(path + '.new', path)


def differing(line, mine, reference):
    """Words of each difference, by who."""
    mine, reference = (unpacked(side) for side in (mine, reference))
    none = {'headers': [], 'messages': [], 'calls': []}
    for who, got in mine.items():
        sides = [dict(side, **none, rows=[{'in': row} for row in side['rows']]) for side in (got, reference[who])]
        words = write_mask.differences(line, *sides)
        if words:
            yield who, words


class Verdict:
    def __init__(self):
        self.equal, self.listed, self.unbuilt, self.failures = 0, 0, [], []
        self.listing = writes.listed_differences()
        self.unbuilt_rows = [row for row, built in routes() if not built]

    def judge(self, line, mine, reference):
        if any(matches(row, line) for row in self.unbuilt_rows):
            self.unbuilt.append(str(line))
            return
        found = list(differing(line, mine, reference))
        self.equal += len(unpacked(mine)) - len(found)
        for who, words in found:
            name = str(as_user(line, who))
            if all(any(p.search(name) and re.search(what, w) for p, what, _ in self.listing) for w in words):
                self.listed += 1
            else:
                self.failures.append('DIFFERENT line %d: %s\n  %s' % (line.line, name, '\n  '.join(words[:6])))

    def summary(self):
        return '%d equal, %d differ as listed, %d rows not built, %d differ' % (
            self.equal, self.listed, len(self.unbuilt), len(self.failures))


def compare(stage, lines, recorded, reference=None):
    verdict = Verdict()
    side = Side(stage, ours)
    try:
        stage.settled()
        walk = Walk(stage)
        for line in lines:
            if reference:
                walk.made = None
                recorded[str(line)] = packed(walk.everybody(reference, line, writes.Theirs.forget))
            if str(line) not in recorded:
                verdict.failures.append('line %d: not recorded: %s' % (line.line, line))
                continue
            verdict.judge(line, packed(walk.everybody(side, line)), recorded[str(line)])
    finally:
        side.stop()
    return verdict


def record(stage, lines, recorded):
    side = Side(stage, theirs)
    try:
        stage.settled()
        walk, started = Walk(stage), time.monotonic()
        for i, line in enumerate(lines, 1):
            walk.made = None
            recorded[str(line)] = packed(walk.everybody(side, line, writes.Theirs.forget))
            if i % 25 == 0:
                print('  %d of %d, %.2f s a line' % (i, len(lines), (time.monotonic() - started) / i), flush=True)
    finally:
        side.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('what', choices=('compare', 'live', 'record'))
    parser.add_argument('pattern', nargs='?', default='')
    parser.add_argument('--stage', default=os.environ.get('NOVA_WRITE_STAGE'))
    args = parser.parse_intermixed_args()
    everything = read_corpus()
    lines = [line for line in everything if re.search(args.pattern, str(line))]
    stage = writes.Stage(args.stage if args.stage and os.path.exists(os.path.join(args.stage, 'stage.json')) else None)
    reference = None
    try:
        recorded = read_recorded()
        if args.what == 'record':
            record(stage, lines, recorded)
            write_recorded({str(x): recorded[str(x)] for x in everything if str(x) in recorded})
            print('%d lines recorded' % len(lines))
            return 0
        reference = Side(stage, theirs) if args.what == 'live' else None
        verdict = compare(stage, lines, recorded, reference)
        print('\n'.join(verdict.failures))
        print('%d lines: %s' % (len(lines), verdict.summary()))
        return 1 if verdict.failures else 0
    finally:
        if reference:
            reference.stop()
        stage.stop()


if __name__ == '__main__':
    sys.exit(main())
