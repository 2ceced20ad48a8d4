#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes data/{strings,doubles,raws}.json: what Python's json module makes of texts, floats and whole documents.

Run by hand with Debian 12's python3; the unit tests read the tables.  Bytes are in hex.
"""
import json
import os
import random
import struct

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'data')
random.seed(2026)


def write(name, rows):
    with open(os.path.join(HERE, name), 'w') as out:
        out.write('[\n' + ',\n'.join(json.dumps(row) for row in rows) + '\n]\n')


def strings():
    texts = [chr(c) for c in range(256)] + ['', 'plain', 'a"b', 'back\\slash', 'l\nr\rt\tb\bf\f', '\x7f', 'é', 'ü' * 40, '日本語',
             '\U0001f600', '\U0010ffff', '\uffff', '\ud7ff', '\ue000', '\ud800', '\udfff', 'a\udc80b', '\u2028\u2029', '</script>',
             'a\0b', 'x' * 7, 'x' * 8, 'x' * 9, 'x' * 7 + '"', 'x' * 8 + '"', 'x' * 100 + 'é', '10.1.0.4', "it's"]
    alphabet = 'abcdefgh0123 "\\\n\x7f\x1fé日\U0001f600/\ud801'
    texts += [''.join(random.choices(alphabet, k=random.randint(0, 40))) for _ in range(300)]
    write('strings.json', [[t.encode('utf-8', 'surrogatepass').hex(), json.dumps(t)] for t in texts])


def doubles():
    values = [0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1.5, 1e15, 1e16, 1e17, 123456789012345.6, 1e-4, 1e-5, 1.5e-5, 123e-7, 1e22, 1e23, 1e100,
              5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 9007199254740993.0, 999999999999999.9, 9999999999999998.0,
              1e15 - 0.5, 0.30000000000000004, 2 / 3, 100.0, 1024.0, 4.35, 16.0, float('inf'), float('-inf'), float('nan')]
    values += [2.0 ** e for e in range(-1074, 1024, 3)] + [10.0 ** e for e in range(-320, 308, 7)]
    values += [struct.unpack('<d', struct.pack('<Q', random.getrandbits(64)))[0] for _ in range(1500)]
    values += [random.uniform(-1e6, 1e6) for _ in range(300)] + [round(random.uniform(0, 100), 3) for _ in range(300)]
    write('doubles.json', [[struct.pack('>d', v).hex(), json.dumps(v)] for v in values if v == v or len(repr(v)) == 3])


def value(depth):
    kind = random.randint(0, 9 if depth else 6)
    if kind == 0:
        return None
    if kind == 1:
        return random.random() < 0.5
    if kind == 2:
        return random.choice([0, -1, 7, 2 ** 31, 2 ** 63 - 1, -2 ** 63, 2 ** 64, 10 ** 30])
    if kind == 3:
        return random.choice([0.5, -0.0, 1e300, 1e-9, 3.0, 12345.678])
    if kind <= 6:
        return ''.join(random.choices('abc"\\\n/é日\U0001f600\ud83d\x7f', k=random.randint(0, 12)))
    if kind == 7:
        return [value(depth - 1) for _ in range(random.randint(0, 4))]
    return {''.join(random.choices('ab"é\\', k=4)) + str(i): value(depth - 1) for i in range(random.randint(0, 4))}


def raws():
    texts = ['{}', '[]', ' [ ] ', '{ }', 'null', 'true', 'false', '0', '-0', '-0.0', '1E5', '1e-7', '1.50', '0.10', '1e400', '-1e400', '""',
             '"\\/\\b\\f\\n\\r\\t\\"\\\\"', '"\\u0041\\u00e9\\uD83D\\uDE00\\ud83d x\\udE00"', '"é日"', '"\\u007f\\u001F"', '"\x7f"',
             '{"a" :1 ,"b":[1,2 , {"c":null}]}', '\t{"a"\n:\r1}', '12345678901234567890123', 'NaN', '[Infinity, -Infinity]',
             '[[[[[[[[]]]]]]]]', '"a\\u0000b"',
             # what json.loads() refuses
             '', ' ', '{', '[', '"', '"\\', '"a\\"', '{"a"}', '{"a":}', '{"a":1', '{"a":1,}', '[1,]', '[1', '[1 2]', '{"a":1 "b":2}',
             '{1:2}', '{"a" 1}', '[}', '{]', '[1}', '{"a":1]', 'nul', 'tru', 'truex', '1 2', '{}{}', '[],', ',', ':', '1.', '.5', '+1',
             '01', '-', '1e', '1e+', '0x10', "'a'", '[,1]', '{,"a":1}', '"\\x"', '"\\u12g4"', '"\\u12"', 'nan', 'inf', '1_0', '--1', '1-', '""\0', '1\0', '\0', '{}\0 ']
    for _ in range(300):
        kind = random.randint(0, 3)
        tree = value(4)
        texts.append(json.dumps(tree, ensure_ascii=random.random() < 0.5, separators=random.choice([(',', ':'), (' ,', ' : '), (', ', ': ')]),
                                indent=random.choice([None, None, 1])))
        if kind == 0 and texts[-1]:
            cut = list(texts[-1])
            cut[random.randrange(len(cut))] = random.choice('{}[]",:\\ 1a')
            texts.append(''.join(cut))
        elif kind == 1:
            texts.append(texts[-1][:random.randrange(len(texts[-1]) + 1)])
    rows = []
    for text in texts:
        try:
            pairs = json.loads(text, object_pairs_hook=lambda p: p if len({k for k, v in p}) == len(p) else 1 / 0)
            out = json.dumps(json.loads(text))
            assert pairs is not rows
        except ValueError:
            out = None
        except ZeroDivisionError:
            continue
        rows.append([text.encode('utf-8', 'surrogatepass').hex(), out])
    write('raws.json', rows)


strings()
doubles()
raws()
