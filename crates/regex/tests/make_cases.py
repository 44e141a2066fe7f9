"""Writes cases for tests/cases.rs: code arrays, subjects, and what CPython 3.14 finds in them.

    python3.14 make_cases.py cases.txt              every pattern of test/re_tests.py and test/test_re.py
    python3.14 make_cases.py --random SEED COUNT f  random patterns instead

Run it with the CPython whose results are wanted; its `test` package must be there. Lines, with tabs between fields:

    p <groups> <words of the code array, in hexadecimal, w*n for n times w> <the pattern, for the reader>
    c <kind> <subject> <pos> <endpos> <match> <fullmatch> <search> <finditer>

Kind is b, 1, 2 or 4: bytes, or the width of the str. Characters other than printable ASCII are written {hex}. A match is
lastindex:start,end;start,end... over all groups, ~ stands for "none", and | separates the matches of finditer.
"""

import random
import re
import signal
import sys
import unittest
import warnings

MAX_SUBJECT = 300
MAX_CODE = 700
SECONDS_PER_CASE = 0.5
MAX_SUBJECTS_PER_PATTERN = 6
NOTHING = '~'


class Recorder:
    """Stands in for a compiled pattern and notes what it is asked to match."""

    def __init__(self, pattern, record):
        self._pattern = pattern
        self._record = record

    def __getattr__(self, name):
        real = getattr(self._pattern, name)
        if name not in ('match', 'fullmatch', 'search', 'prefixmatch', 'findall', 'finditer', 'sub', 'subn', 'split', 'scanner'):
            return real

        def method(*args, **kwargs):
            values = list(args)
            if name in ('sub', 'subn'):
                del values[:1]
                values[1:] = []
            subject = values[0] if values else kwargs.get('string')
            pos = kwargs.get('pos', values[1] if len(values) > 1 else 0)
            endpos = kwargs.get('endpos', values[2] if len(values) > 2 else None)
            if name == 'split':
                pos, endpos = 0, None
            self._record(self._pattern, subject, pos, endpos)
            return real(*args, **kwargs)
        return method


class Cases:
    def __init__(self):
        self.patterns = {}

    def add(self, pattern, subject, pos=0, endpos=None):
        if type(subject) not in (str, bytes) or len(subject) > MAX_SUBJECT:
            return
        if type(pattern.pattern) is not type(subject) or type(pos) is not int:
            return
        subjects = self.patterns.setdefault((pattern.pattern, pattern.flags), (pattern, {}))[1]
        if len(subjects) < MAX_SUBJECTS_PER_PATTERN:
            subjects[subject, max(pos, 0), len(subject) if endpos is None else max(endpos, 0)] = None

    def write(self, file):
        for (source, flags), (pattern, subjects) in self.patterns.items():
            if flags & re.LOCALE and flags & re.IGNORECASE and not source.isascii():
                continue
            parsed = re._parser.parse(source, flags & ~re.DEBUG)
            code = re._compiler._code(parsed, flags & ~re.DEBUG)
            if len(code) > MAX_CODE:
                continue
            print('p', parsed.state.groups - 1, words(code), escape(repr(source)), sep='\t', file=file)
            for subject, pos, endpos in subjects:
                try:
                    signal.setitimer(signal.ITIMER_REAL, SECONDS_PER_CASE)
                    fields = list(case(pattern, subject, pos, endpos))
                except TimeoutError:
                    print('too slow:', ascii(source), ascii(subject), file=sys.stderr)
                    continue
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
                print('c', *fields, sep='\t', file=file)


def words(code):
    out = []
    i = 0
    while i < len(code):
        n = 1
        while i + n < len(code) and code[i + n] == code[i]:
            n += 1
        out.append('%x' % code[i] if n == 1 else '%x*%d' % (code[i], n))
        i += n
    return ' '.join(out)


def escape(text):
    if isinstance(text, bytes):
        text = text.decode('latin-1')
    return ''.join(c if ' ' <= c <= '~' and c not in '{}' else '{%x}' % ord(c) for c in text)


def case(pattern, subject, pos, endpos):
    if isinstance(subject, bytes):
        kind = 'b'
    else:
        top = max(map(ord, subject), default=0)
        kind = 1 if top < 0x100 else 2 if top < 0x10000 else 4
    yield from (kind, escape(subject), pos, endpos)
    for name in ('match', 'fullmatch', 'search'):
        yield found(getattr(pattern, name)(subject, pos, endpos))
    yield '|'.join(map(found, pattern.finditer(subject, pos, endpos))) or NOTHING


def found(match):
    if match is None:
        return NOTHING
    spans = (NOTHING if start < 0 else f'{start},{end}' for start, end in match.regs)
    return f'{match.lastindex or 0}:' + ';'.join(spans)


def suite_cases(cases):
    from test import re_tests, test_re
    for test in re_tests.tests:
        source, subject = test[:2]
        for text in (str, bytes):
            if text is bytes:
                try:
                    source, subject = source.encode('ascii'), subject.encode('ascii')
                except UnicodeEncodeError:
                    break
            for flags in (0, re.IGNORECASE):
                try:
                    pattern = re.compile(source, flags)
                except (re.error, ValueError, OverflowError):
                    continue
                cases.add(pattern, subject)
                if text is str and not flags:
                    cases.add(pattern, subject, 1, len(subject) - 1)
    letters = 'abcdefghij'
    pairs = [a + b for a in letters for b in letters][3:]
    lines = '\n'.join(['Lorem ipsum dolor sit amet, consectetur adipiscing elit', 'sed do eiusmod tempor foo incididunt', 'ut labore; et "dolore" magna'])
    for source, flags, subject in [
        ('|'.join(pairs[:90]), 0, 'aa ab ac ad bj ii jj'),
        ('(?:' + '|'.join(pairs[5:95]) + ')+', 0, 'adaeafjjjhjgjazz'),
        ('(?:' + '|'.join(map('({})'.format, pairs[:66])) + ')+?i', 0, 'adaeafgejjgbi'),
        ('.*foo', 0, lines), ('.*?foo', 0, lines), ('(?s).*foo', 0, lines), ('(?s).*?foo.', 0, lines), (r'[^;]*;', 0, lines),
        (r'^.*$', re.M, lines), (r'\A.+', re.S, lines), (r'"[^"]*"', 0, lines), (r'.+?(?=dol)', 0, lines), (r'(\w+)\W+\w+t\b', 0, lines),
        ('dolor|tempor|magna', 0, lines), ('[dD]olor[ei]?|(?:tem|ma)[pg]', re.I, lines), (r'\b[cde]\w*', 0, lines), ('[а-я]+', 0, 'abc ' * 6 + 'привет, мир'),
        ('мир', 0, 'abc ' * 6 + 'привет, мир'), ('(?i)МИР', 0, 'abc ' * 6 + 'привет, мир'), ('😀+', 0, 'abc ' * 6 + '😀😀😁'), ('[^ ]+😁', 0, 'abc ' * 6 + '😀😀😁'),
        (r'(?:\d{1,3}\.){3}\d{1,3}', 0, 'at 1.2.3 and 192.168.10.1 and 1.2.3.4567'), (r'(?:ab|c){2,4}?c', 0, 'abcabcabc'), ('(?:[^"\\\\]|\\\\.)*"', 0, 'say \\"hi\\" now" then'),
    ]:
        cases.add(re.compile(source, flags), subject)
    compile_real = re._compiler.compile

    def compile_recorded(*args, **kwargs):
        return Recorder(compile_real(*args, **kwargs), cases.add)

    re.purge()
    re._compiler.compile = compile_recorded
    try:
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(test_re.ReTests)
        unittest.TextTestRunner(stream=open('/dev/null', 'w')).run(suite)
    finally:
        re._compiler.compile = compile_real
        re.purge()


class Generator:
    """Random patterns and subjects over a small alphabet."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.groups = 0
        self.closed = []

    def one(self):
        choose = self.random.choice
        return choose(['a', 'b', 'c', 'a', 'b', '.', r'\w', r'\s', r'\d', r'\W', '[ab]', '[^a]', '[a-c]', '[^b\\n]', 'é', 'я', '[а-я]', '\n',
                       r'\S', 'A', '[b1я]', '1', r'[\w1]', r'[^\s]'])

    def quantifier(self):
        bounds = self.random.choice(['*', '+', '?', '{2}', '{1,2}', '{0,3}', '{2,}', '{,2}', '*', '+'])
        return bounds + self.random.choice(['', '', '', '?', '+'])

    def atom(self, depth):
        r = self.random.random()
        if depth <= 0 or r < 0.45:
            return self.one()
        if r < 0.65:
            self.groups += 1
            number = self.groups
            inner = self.pattern(depth - 1)
            self.closed.append(number)
            return f'({inner})'
        if r < 0.78:
            return f'(?:{self.pattern(depth - 1)})'
        if r < 0.82:
            return f'(?>{self.pattern(depth - 1)})'
        if r < 0.88:
            return self.random.choice(['(?={})', '(?!{})']).format(self.pattern(depth - 1))
        if r < 0.91:
            return self.random.choice(['(?<={})', '(?<!{})']).format(''.join(self.one() for _ in range(self.random.randint(1, 2))))
        if r < 0.95 and self.closed:
            number = self.random.choice(self.closed)
            if self.random.random() < 0.5:
                return f'(?:\\{number})'
            return f'(?({number}){self.sequence(depth - 1)}|{self.sequence(depth - 1)})'
        return self.random.choice(['^', '$', r'\b', r'\B', r'\A', r'\Z', '(?i:a)', '(?s:.)', 'ab', 'abc'])

    def sequence(self, depth):
        out = ''
        for _ in range(self.random.choice([0, 1, 1, 2, 2, 3, 4])):
            atom = self.atom(depth)
            if self.random.random() < 0.4 and atom[-1] not in '*+?' and atom not in ('^', '$', r'\b', r'\B', r'\A', r'\Z', 'ab', 'abc'):
                atom += self.quantifier()
            out += atom
        return out

    def pattern(self, depth):
        return '|'.join(self.sequence(depth) for _ in range(self.random.choice([1, 1, 1, 2, 3])))

    def subject(self):
        alphabet = self.random.choice(['ab', 'abc ', 'abc1\n', 'aAbBcé ', 'abяЯc ', 'ab😀я1\n'])
        return ''.join(self.random.choice(alphabet) for _ in range(self.random.randint(0, 14) or 70))


def random_cases(cases, seed, count):
    generator = Generator(seed)
    while len(cases.patterns) < count:
        generator.groups, generator.closed = 0, []
        source = generator.pattern(3)
        flags = generator.random.choice([0, 0, 0, re.I, re.M, re.S, re.A, re.I | re.M])
        try:
            pattern = re.compile(source, flags)
        except (re.error, OverflowError):
            continue
        for _ in range(5):
            subject = generator.subject()
            cases.add(pattern, subject)
        cases.add(pattern, subject, generator.random.randint(0, 6), generator.random.randint(0, 14))


def too_slow(signum, frame):
    raise TimeoutError


def main():
    signal.signal(signal.SIGALRM, too_slow)
    warnings.simplefilter('ignore')
    cases = Cases()
    if sys.argv[1] == '--random':
        random_cases(cases, int(sys.argv[2]), int(sys.argv[3]))
    else:
        suite_cases(cases)
    with open(sys.argv[-1], 'w', encoding='ascii') as file:
        cases.write(file)


if __name__ == '__main__':
    main()
