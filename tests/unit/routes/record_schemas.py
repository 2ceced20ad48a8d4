#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes schema_cases.tsv: what the validator of Python's nova-api says to bodies and queries of every schema.

Run by hand with Debian 12's python3 where python3-nova is installed; the names come from the program's own tables:

    tests/unit/routes/test_schemas --list | record_schemas.py > schema_cases.tsv

Each schema gets a value that it takes, and values that differ from it in one place.
"""
import copy
import importlib
import json
import random
import re
import sys

from nova import exception
from nova.api.validation import parameter_types
from nova.api.validation import validators

CASES = 24
PRINTABLE = parameter_types.description['pattern']
UUID = 'b1d5ed92-5f5c-4f4d-a5a4-7a3f3b1a8a11'
FORMATS = {
    'uuid': UUID, 'date-time': '2026-01-02T03:04:05Z', 'base64': 'aGVsbG8=', 'ipv4': '10.1.2.3', 'ipv6': 'fe80::1',
    'cidr': '10.0.0.0/8', 'uri': 'http://a.example/b', 'regex': 'a.*', 'mac-address': '52:54:00:00:00:01',
}
WRONG = [None, True, 0, -1, 7, 10 ** 12, 1.5, '', ' ', 'x', ' x ', 'ab/cd', 'é', '\x01', 'x' * 256, UUID, UUID.replace('-', ''),
         'true', 'TRUE', 'on', '10.0.0.256', '2026-13-01', '-1', '12', '1.0', 'a,b', '[', [], ['x'], ['x', 'x'], [1], {}, {'a': 'b'},
         {'x' * 256: 'y'}, {'': 'y'}, [{}], {'key': None}, {'key': 1}, 'xx=', '2147483648', 65536]


def valid(schema):
    if not isinstance(schema, dict):
        return 'x'
    if 'enum' in schema:
        return schema['enum'][0]
    for word in ('oneOf', 'anyOf'):
        if word in schema:
            merged = {key: value for key, value in schema.items() if key != word}
            return valid({**schema[word][0], **merged})
    if 'allOf' in schema:
        merged = {}
        for part in schema['allOf']:
            merged.update(part)
        return valid({**merged, **{key: value for key, value in schema.items() if key != 'allOf'}})
    kind = schema.get('type', 'string' if 'format' in schema else 'null')
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == 'object':
        value = {key: valid(part) for key, part in schema.get('properties', {}).items()
                 if key in schema.get('required', ()) or random.random() < 0.5}
        if not value and schema.get('minProperties'):
            for key, part in list(schema.get('properties', {}).items())[:1]:
                value[key] = valid(part)
        for part in list(schema.get('patternProperties', {}).values())[:1]:
            if not schema.get('properties'):
                value['key'] = valid(part)
        return value
    if kind == 'array':
        items = schema.get('items', {})
        return [valid(items[0] if isinstance(items, list) else items)]
    if kind in ('integer', 'number'):
        return max(1, schema.get('minimum', 1))
    if kind == 'boolean':
        return True
    if kind == 'null':
        return None
    if schema.get('format') in FORMATS:
        return FORMATS[schema['format']]
    if schema.get('pattern') in ('^[0-9]*$', '^[0-9]+$'):
        return '7'
    return '' if schema.get('maxLength') == 0 else 'name1'


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], path + (key,))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from places(item, path + (i,))


def put(value, path, new):
    if not path:
        return new
    value = copy.deepcopy(value)
    at = value
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = new
    return value


def changed(value, query):
    path = random.choice(list(places(value)))
    at = value
    for step in path:
        at = at[step]
    kind = random.random()
    if isinstance(at, dict) and kind < 0.25 and at:
        less = dict(at)
        del less[random.choice(list(at))]
        return put(value, path, less)
    if isinstance(at, dict) and kind < 0.5:
        return put(value, path, {**at, random.choice(['extra', '_x', 'Ü', 'name', 'id']): ['x'] if query else 'x'})
    if isinstance(at, list) and kind < 0.3:
        return put(value, path, at + at)
    new = random.choice(WRONG)
    if query:
        return put(value, path[:1], [new if isinstance(new, str) else str(new)]) if path else value
    return put(value, path, new)


def verdict(schema, mode, value):
    value = copy.deepcopy(value)
    before = json.dumps(value)
    try:
        validators._SchemaValidator(schema, mode == 'l', mode != 'q').validate(value)
        said = ''
    except exception.ValidationError as error:
        said = str(error).replace(repr(PRINTABLE), "'<PRINTABLE>'")
    after = json.dumps(value)
    return said, after if after != before and not said else ''


def main():
    print('# What nova\'s validator says: schema, mode (b body, l body under /v2, q query), value, error (none: it is well), '
          'value afterwards when /v2 removed keys.')
    for line in dict.fromkeys(sys.stdin):
        kind, name, legacy = line.split()
        random.seed(name)
        module, variable = name.split('.')
        schema = getattr(importlib.import_module('nova.api.openstack.compute.schemas.' + module), variable)
        modes = ['q'] if kind == 'query' else {'no': ['b'], 'yes': ['b', 'l'], 'only': ['l']}[legacy]
        seen = set()
        for _ in range(CASES * 4):
            value = valid(schema)
            for _ in range(random.choice([0, 1, 1, 1, 2])):
                value = changed(value, kind == 'query')
            mode = random.choice(modes)
            text = json.dumps(value)
            if (mode, text) in seen or len(text) > 700 or len(seen) == CASES:
                continue
            try:
                said, after = verdict(schema, mode, value)
            except Exception:  # the validator's own defect: an AttributeError is no verdict
                continue
            if 'parameters sort_key' in said:  # upstream lists the keys of a set: another order in each process
                continue
            if '\n' in said or '\t' in said or re.search(r'were unexpected', said) and mode == 'l':
                continue
            seen.add((mode, text))
            print('\t'.join(cell.replace('\\', '\\\\') for cell in (name, mode, text, said, after)))


if __name__ == '__main__':
    main()
