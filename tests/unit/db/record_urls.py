#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Asks SQLAlchemy and psycopg2 what they make of the URLs in the first column of urls.tsv; writes the others anew.

A line: the URL, then keyword=value by TAB, as libpq gets them; or "refused", whatever refuses: SQLAlchemy, psycopg2, or libpq, which
would be handed several values as one. client_encoding is left out: ours is always UTF8, what psycopg2 decodes.
"""
import os

import psycopg2.extensions
import sqlalchemy

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'urls.tsv')


def asked(text):
    try:
        engine = sqlalchemy.create_engine(text)
        if engine.dialect.name != 'postgresql':
            return ['refused']
        words, options = engine.dialect.create_connect_args(engine.url)
        if any(isinstance(value, tuple) for value in options.values()):
            return ['refused']
        got = psycopg2.extensions.parse_dsn(psycopg2.extensions.make_dsn(*words, **options))
    except Exception:  # whoever it is, nova-api does not start
        return ['refused']
    return ['%s=%s' % item for item in sorted(got.items()) if item[0] != 'client_encoding']


def main():
    with open(TABLE, encoding='utf-8') as source:
        lines = source.read().splitlines()
    with open(TABLE, 'w', encoding='utf-8') as out:
        for line in lines:
            url = line.split('\t')[0]
            out.write('\t'.join([line] if line.startswith('#') else [url, *asked(url)]) + '\n')


if __name__ == '__main__':
    main()
