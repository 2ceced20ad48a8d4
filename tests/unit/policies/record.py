#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records again what upstream answers, into the tables beside this file.

Wants nova 26 and oslo.policy 4.0 in Python's path:  record.py language | overrides
  language   the first column of language.tsv says which checks; the answers are written anew
  overrides  overrides.tsv: which rule, in which form of defaults, with which line in the policy file
An answer is 1 where it allows; an exception of upstream's counts as 0.
"""
import json
import os
import sys
import tempfile
import warnings

warnings.simplefilter('ignore')
HERE = os.path.dirname(os.path.abspath(__file__))

from nova import config  # noqa: E402
from nova import context  # noqa: E402
from nova import policy  # noqa: E402
import nova.conf  # noqa: E402

CONF = nova.conf.CONF


def contexts():
    base = dict(is_admin_project=True, overwrite=False)
    return [
        context.RequestContext('u1', 'p1', is_admin=False, roles=['admin'], **base),
        context.RequestContext('u1', 'p1', is_admin=False, roles=['member', 'reader'], **base),
        context.RequestContext('u1', 'p1', is_admin=True, roles=[], **base),
        context.RequestContext('u1', None, is_admin=False, roles=['u1', 'a:b', 'y'], system_scope='all',
                               domain_id='d1', **base),
    ]


def ask(rules_text, rule, ctx, target, **options):
    with tempfile.NamedTemporaryFile('w', suffix='.yaml') as f:
        f.write(rules_text)
        f.flush()
        CONF.set_override('policy_file', f.name, 'oslo_policy')
        for key, value in options.items():
            CONF.set_override(key, value, 'oslo_policy')
        policy.reset()
        try:
            policy.init(suppress_deprecation_warnings=True)
            return '1' if policy.authorize(ctx, rule, target, do_raise=False) else '0'
        except (Exception, RecursionError):
            return '0'


def rows(name):
    with open(os.path.join(HERE, name)) as f:
        return f.read().split('\n')


def language():
    from nova.policies import list_rules
    rule = list(list_rules())[20].name
    out = []
    for line in rows('language.tsv'):
        if line.startswith('#') or '\t' not in line:
            out.append(line)
            continue
        check = line.split('\t')[0]
        plain = check.replace('\\t', '\t').replace('\\n', '\n')
        text = json.dumps({rule: plain, 'default': 'role:y', 'loop': 'role:reader'})
        answers = ''
        for ctx in contexts():
            for target in (None, {}, {'project_id': 'p2', 'user_id': 'u2'}):
                answers += ask(text, rule, ctx, target)
        out.append('%s\t%s' % (check, answers))
    with open(os.path.join(HERE, 'language.tsv'), 'w') as f:
        f.write('\n'.join(out))


def overrides():
    out = []
    for line in rows('overrides.tsv'):
        if line.startswith('#') or '\t' not in line:
            out.append(line)
            continue
        new_defaults, rule, text = line.split('\t')[:3]
        answers = ''
        for ctx in contexts():
            for target in (None, {'project_id': 'p2', 'user_id': 'u2'}):
                answers += ask(text.replace('\\n', '\n'), rule, ctx, target,
                               enforce_new_defaults=new_defaults == '1')
        out.append('\t'.join([new_defaults, rule, text, answers]))
    with open(os.path.join(HERE, 'overrides.tsv'), 'w') as f:
        f.write('\n'.join(out))


if __name__ == '__main__':
    CONF([], project='nova', default_config_files=[])
    {'language': language, 'overrides': overrides}[sys.argv[1]]()
