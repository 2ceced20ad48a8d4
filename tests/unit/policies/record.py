#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records again what upstream answers, into the tables beside this file.

Wants nova 26 and oslo.policy 4.0 in Python's path:  record.py language | overrides | generated
  language   the first column of language.tsv says which checks; the answers are written anew
  generated  generated.tsv, in the form of language.tsv: checks that are made up anew from a fixed seed
  overrides  overrides.tsv: which rule, in which form of defaults, with which line in the policy file
An answer is 1 where it allows, E where upstream raises anything but a refusal.
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
        context.RequestContext('u1', None, is_admin=False, roles=["u1", "a:b", "y", "\u00e9tage"], system_scope='all',
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
        except Exception:
            return 'E'


def rows(name):
    with open(os.path.join(HERE, name)) as f:
        return f.read().split('\n')


def language(name='language.tsv'):
    from nova.policies import list_rules
    rule = list(list_rules())[20].name
    from oslo_policy import _parser
    out = []
    with tempfile.NamedTemporaryFile('w', suffix='.yaml') as f:
        f.write(json.dumps({'default': 'role:y', 'loop': 'role:reader', 'round': 'not rule:round', 'word': "'word'",
                            'odd': 'project_id.name:x'}))
        f.flush()
        CONF.set_override('policy_file', f.name, 'oslo_policy')
        policy.reset()
        policy.init(suppress_deprecation_warnings=True)
        for line in rows(name):
            if line.startswith('#') or '\t' not in line:
                out.append(line)
                continue
            check = line.split('\t')[0]
            policy._ENFORCER.rules[rule] = _parser.parse_rule(check.replace('\\t', '\t').replace('\\n', '\n'))
            out.append('%s\t%s' % (check, ''.join(
                again(rule, ctx, target) for ctx in contexts()
                for target in (None, {}, {'project_id': 'p2', 'user_id': 'u2'}))))
    with open(os.path.join(HERE, name), 'w') as f:
        f.write('\n'.join(out))


def again(rule, ctx, target):
    try:
        return '1' if policy.authorize(ctx, rule, target, do_raise=False) else '0'
    except Exception:
        return 'E'


ATOMS = """role:admin|role:reader|role:MEMBER|role:y|role:%(user_id)s|role:|role:\u00c9tage|role:\u00e9tage|@|!
is_admin:True|is_admin:no|is_admin_project:True|is_admin_project:False|project_id:%(project_id)s|user_id:%(user_id)s
user_id:%(project_id)s|user_id:u1|project_id:p%%1|user_id:%(target.user.id)s|user.id:%(user_id)s|token.project.domain.id:d1
'Member':%(role.name)s|'u2':%(user_id)s|"p2":%(project_id)s|True:True|None:None|None:%(project_id)s|2:2|'':|system_scope:all
system:all|domain_id:d1|domain_id:None|roles:reader|service_roles:x|rule:loop|rule:default|rule:nobody|rule:context_is_admin
rule:admin_or_owner|tenant:%(project_id)s|user:%(user_id)s|user_id.name:x|roles.name:x|service_roles.name:x|nothing.at.all:x
system.all:x|project_id:%(project_id)d|user_id:%(user_id|user_id:%|role:%s|user_id:%s|user-id:x|12abc:x|class:x|:x|a..b:c
rule:round|rule:word|rule:odd|user_id:%(missing)d|user_id:%(missing)s%d|12abc:%(missing)s|a$b:c|project_domain_id:None
user_domain_id:%(user_id)s|service_user_id:None|credentials.user_id:%(user_id)s|target.user_id:u1|project_id:None|x y""".replace('\n', '|').split('|')


def generated():
    import random
    chance = random.Random(26)

    def term(depth):
        kind = chance.random()
        if depth > 3 or kind < 0.5:
            return chance.choice(ATOMS)
        if kind < 0.65:
            return 'not ' + term(depth + 1)
        if kind < 0.8:
            return '(' + term(depth + 1) + ')'
        return '%s %s %s' % (term(depth + 1), chance.choice(['and', 'or', 'AND', 'Or', 'or\u00a0', '\u2003and']),
                             term(depth + 1))

    checks = ATOMS + ['not ' + atom for atom in ATOMS]
    while len(checks) < 700:
        check = term(0)
        if chance.random() < 0.05:
            check = check.replace(chance.choice([' ', '(', ')', 'and', 'or']), chance.choice(['', '  ', ' (', ') ', "'"]), 1)
        if check not in checks:
            checks.append(check)
    with open(os.path.join(HERE, 'generated.tsv'), 'w') as f:
        f.write('# Checks made up by record.py, in the form of language.tsv.\n')
        f.write('\n'.join(check + '\t' for check in checks) + '\n')
    language('generated.tsv')


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
    {'language': language, 'overrides': overrides, 'generated': generated}[sys.argv[1]]()
