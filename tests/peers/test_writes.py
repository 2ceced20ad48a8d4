# SPDX-License-Identifier: Apache-2.0
"""What our program does at each line of corpus_write.tsv against what Python's nova-api did: answer, rows, messages, calls."""
import writes


def test_every_line_was_recorded():
    lines, recorded = writes.read_corpus(), writes.read_recorded()
    missing = [str(line) for line in lines if str(line) not in recorded]
    assert not missing, 'not recorded: %d lines, the first %s' % (len(missing), missing[0])
    assert len(lines) >= 600


def test_a_difference_is_seen():
    """The comparison itself: each part that may differ is a failure."""
    line = writes.read_corpus()[0]
    row = {'status': 202, 'headers': [], 'body': '', 'rows': [{'in': 'INSERT a.b', 'id': 1}],
           'messages': [{'to': 'top nova x', 'properties': {}, 'message': {'method': 'm', 'args': {'a': 1}}}],
           'calls': [{'call': 'cinder POST /x', 'headers': {}, 'body': None, 'status': 200}]}
    assert not writes.write_mask.differences(line, row, row)
    for part, other in (('status', 500), ('body', 'x'), ('headers', [['location', 'x']]), ('rows', []),
                        ('messages', []), ('calls', []), ('rows', [{'in': 'INSERT a.b', 'id': 2}]),
                        ('messages', [{'to': 'top nova x', 'properties': {}, 'message': {'method': 'm', 'args': {'a': 2}}}])):
        assert writes.write_mask.differences(line, dict(row, **{part: other}), row), part


def test_answers_rows_messages_and_calls_are_those_of_the_reference(stage):
    lines = writes.read_corpus()
    verdict = writes.compare_all(stage, lines, writes.read_recorded())
    print(verdict.summary())
    for text in verdict.unbuilt:
        print('not built:', text[:120])
    assert verdict.equal + verdict.listed + len(verdict.unbuilt) + len(verdict.failures) == len(lines)
    assert not verdict.failures, '%d of %d lines differ; the first:\n%s' % (
        len(verdict.failures), len(lines), '\n'.join(verdict.failures[:10]))
