#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes data/*.json: what WebOb 1.8.6 makes of queries, Accept headers, URLs and error pages.

Run by hand where python3-webob of Debian 12 is installed; the unit tests read the tables.  Bytes are in hex.
"""
import io
import itertools
import json
import os
import random

import webob
import webob.acceptparse
import webob.exc
from urllib.parse import urlencode

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'data')
random.seed(2026)


def hexed(text):
    return (text.encode('utf-8') if isinstance(text, str) else text).hex()


def write(name, rows):
    with open(os.path.join(HERE, name), 'w') as out:
        out.write('[\n' + ',\n'.join(json.dumps(row) for row in rows) + '\n]\n')


def queries():
    texts = [b'', b'a=b', b'a=b&a=c', b'a', b'a=', b'=a', b'=', b'&&a=1&', b'a=1;b=2', b';a;;b&;', b'a=b=c', b'a+b=c+d',
             b'%41=%42', b'a=%', b'a=%4', b'a=%zz', b'a=%a', b'a=%a%62', b'a=% 1', b'a=%1+', b'a=%+1', b'a=%-1', b'a=%-0',
             b'a=%\t1', b'a=%1_', b'a=%0x', b'a=%00b', b'%00=%00', b'a=%c3%a9', b'a=\xc3\xa9', b'a=\xe9', b'a=%e9',
             b'%e9=a', b'a=%ff&b=1', b'a=%ed%a0%80', b'a=%f0%9f%98%80', b'a=%26b%3d%3b', b'a=%%41', b'a=%4%31', b'a=%2B+%2b',
             b'name=^web-\\d$&status=ACTIVE&limit=10', b'changes-since=2026-01-01T00:00:00%2B00:00', b'a=b#c', b'a=~-._!*()\'',
             b'a=%F5%80%80%80', b'a=%c0%80', b'a=%e2%82', b'a=%e2%82%ac']
    parts = [b'a', b'%', b'=', b'&', b';', b'+', b'4', b'1', b'f', b'Z', b'-', b'_', b'\xc3', b'\xa9', b'\t', b' ', b'%c3%a9', b'%0']
    texts += [b''.join(random.choices(parts, k=random.randint(1, 9))) for _ in range(600)]
    rows = []
    for text in texts:
        request = webob.Request({'QUERY_STRING': text.decode('latin-1'), 'REQUEST_METHOD': 'GET'})
        try:
            pairs = list(request.GET.items())
        except UnicodeDecodeError:
            rows.append([hexed(text), None, ''])
            continue
        rows.append([hexed(text), [[hexed(k), hexed(v)] for k, v in pairs],
                     urlencode([(k.encode(), v.encode()) for k, v in pairs])])
    write('queries.json', rows)


OFFERS = [['text/html', 'application/json'],
          ['application/json', 'application/vnd.openstack.compute+json'],
          ['application/vnd.openstack.compute+json', 'application/json', 'application/atom+xml']]


def accepts():
    texts = [None, '', ',', ',,', ', ,', ' ', 'text/html', ' text/html', 'text/html ', 'text/html,', 'text/html, ',
             ',text/html', ', text/html', ',,text/html', ',, text/html', 'text/html,application/json',
             'application/json,text/html', 'text/html;q=0.5,application/json', '*/*', '*/*;q=0', 'text/*', 'text/*;q=0.1, */*',
             'text/html;q=0, */*', '*/html', '*/json', 'TEXT/HTML', 'Application/JSON;Q=0.5', 'text/html;q=1.000',
             'text/html;q=1.001', 'text/html;q=0.', 'text/html;q=1.', 'text/html;q=0.1234', 'text/html;q=2', 'text/html;q=',
             'text/html;q', 'text/html;level=1', 'text/html;level=1, */*;q=0.1', 'text/html;level="1"', 'text/html;level="a,b"',
             'text/html;level="a\\"b";q=0.2, application/json;q=0.1', 'text/html;level="', 'text/html;level="\\',
             'text/html;a=b;c=d;q=0.3;e;f=g, application/json;q=0.2', 'text/html;q=0.3;q=0.9, application/json;q=0.4',
             'text/html;q=0.3;=x', 'text/html;q=0.3;a="x y"', 'text/html;q=0.3;a=', 'text/html ; q=0.3, application/json',
             'text/html\t;\tq=0.3\t,\tapplication/json', 'text', 'text/', '/html', 'bogus', 'text/html application/json',
             'text/html;;q=1', '*', '*;q=0.5', 'text/html,*', 'a/b, c/d', 'application/json;version=2.1', 'text/html, text/html;q=0',
             'text/html;q=0, text/html', '*/*;a=b', 'text/*;a=b', '*/*;q=0.5, text/*;q=0.1', "te!#$%&'*+-.^_`|~xt/html",
             'te(xt/html', 'text/html;q=0.001', 'application/vnd.openstack.compute+json', 'application/*',
             'application/*;q=0.2, application/json;q=0.1', 'application/xml', 'text/html;charset=utf-8, application/json;q=0.9',
             'text/html;x="\x7f"', 'text/html;x="\xe9"', 'text/html;x="\t"', 'text/html;x=\xe9',
             'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8']
    parts = ['text/html', 'application/json', '*/*', 'text/*', ',', ', ', ' ', ';', ';q=', 'q=', '0', '1', '0.5', '.3', ';a=b', ';a="b"',
             ';a', '=', 'x', '/', '"', '\t', ';q=0.7', ';Q=0.2', '\\']
    texts += [''.join(random.choices(parts, k=random.randint(1, 8))) for _ in range(900)]
    rows = []
    for text in texts:
        header = webob.acceptparse.create_accept_header(text)
        best = []
        for offers in OFFERS:
            found = header.acceptable_offers(offers)
            best.append(offers.index(found[0][0]) if found else -1)
        rows.append([None if text is None else hexed(text.encode('latin-1')), best])
    write('accepts.json', rows)


def urls():
    paths = ['', '/', '/v2.1/', '/v2.1/servers/detail', '/a b', '/é', "/~!$&'()*+,;=:@", '/%', '/?#[]', '/a"<>\\^`{|}', '/\x7f',
             '/日本', '//x', '/_.-~', '/\x01']
    rows = []
    hosts = [('example.org', None), ('example.org:80', None), ('example.org:443', None), ('example.org:8774', None), ('example.org:', None),
             ('[::1]', None), ('[::1]:80', None), ('[::1]:8774', None), ('::1', None), (None, ('srv', '80')), (None, ('srv', '443')),
             (None, ('srv', '8774'))]
    for (host, server), scheme in itertools.product(hosts, ('http', 'https')):
        rows.append((scheme, host, server, '/prefix', '/v2.1/servers', 'limit=1'))
    for path in paths:
        rows.append(('http', 'h', None, '', path, ''))
        rows.append(('http', 'h', None, path, '', 'a=%20 b'))
    out = []
    for scheme, host, server, script, path, query in rows:
        environ = {'wsgi.url_scheme': scheme, 'SCRIPT_NAME': script.encode().decode('latin-1'),
                   'PATH_INFO': path.encode().decode('latin-1'), 'QUERY_STRING': query, 'REQUEST_METHOD': 'GET'}
        if host is not None:
            environ['HTTP_HOST'] = host
        if server:
            environ['SERVER_NAME'], environ['SERVER_PORT'] = server
        request = webob.Request(environ)
        out.append([scheme, host, server, hexed(script), hexed(path), query, request.host_url, request.application_url,
                    request.path_url, request.url])
    write('urls.json', out)


def pages():
    rows = []
    accepts = [None, 'text/html', 'application/json', '*/*', 'text/plain', 'bogus']
    texts = [(None, None), ('Plain words.', None), ('With <b>tags</b> & "quotes" \'here\'', 'the detail <i>x</i>'),
             ('Lines\r\nof\ntext<br>next<BR />last', 'a <!-- comment --> b'), ('Umlaut é and 日本 \U0001f600', 'é'),
             ('1 < 2 and no end', None), ('tab\tand <br without end', '<'), ('<!<!----', '--->-->')]
    for code in (400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 422, 429, 500, 501, 503):
        for accept, (explanation, detail) in itertools.product(accepts, texts):
            if code not in (404, 405) and (explanation, detail) not in texts[:3]:
                continue
            for method in ('GET', 'HEAD') if code == 404 else ('GET',):
                environ = {'REQUEST_METHOD': method, 'SCRIPT_NAME': '', 'PATH_INFO': '/', 'wsgi.url_scheme': 'http',
                           'HTTP_HOST': 'h', 'CONTENT_TYPE': 'text/<x>', 'wsgi.input': io.BytesIO()}
                if accept is not None:
                    environ['HTTP_ACCEPT'] = accept
                error = webob.exc.status_map[code](detail)
                if explanation is not None:
                    error.explanation = explanation
                answer = {}

                def start(status, headers, exc_info=None):
                    answer.update(status=status, headers=dict(headers))
                body = b''.join(error(environ, start))
                rows.append([code, method, accept, explanation, detail, answer['status'], answer['headers']['Content-Type'],
                             hexed(body)])
    write('pages.json', rows)


queries()
accepts()
urls()
pages()
