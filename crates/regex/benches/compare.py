"""Compares the matcher with the `_sre` of the Python that runs this file.

    python3.14 benches/compare.py target/release/examples/bench

The Python side counts matches with the cheapest loop there is over a scanner, which still makes a match object for each
match; the column "per match" shows how much of the difference that may be.
"""

import os
import random
import re
import subprocess
import sys
import tempfile
import time

from collections import deque


def texts():
    rng = random.Random(7)
    words = ['the', 'quick', 'brown', 'fox', 'jumps', 'over', 'lazy', 'dog', 'Sherlock', 'Holmes', 'and', 'Watson', 'foo', 'bar', 'a', 'of',
             'python', 'regular', 'expression', 'x1', '42', '2024-05-17', 'user@example.com', 'https://example.org/path?q=1', 'john.smith@mail.co.uk']
    weights = [10] * 22 + [1, 1, 1]
    prose = '\n'.join(' '.join(rng.choices(words, weights, k=12)) + '.' for _ in range(8000))
    dna = ''.join(rng.choices('acgt', k=500_000))
    russian = ['привет', 'мир', 'регулярные', 'выражения', 'быстро', 'и', 'просто', 'foo', 'Ёлка', '2024']
    wide = '\n'.join(' '.join(rng.choices(russian, k=10)) for _ in range(6000))
    log = '\n'.join(f'2024-05-{rng.randint(1, 28):02} 12:{rng.randint(0, 59):02}:01,{rng.randint(0, 999):03} [{rng.choice(["INFO", "WARN", "ERROR"])}] '
                    f'module.{rng.choice("abc")}: request {rng.randint(1, 9999)} took {rng.random():.3f}s "GET /index/{rng.randint(1, 99)}"' for _ in range(5000))
    code = '\n'.join(f'    def method_{i}(self, arg_{i}, *args):\n        return self.value[{i}] + "text {i}" * 0x{i:x}  # comment {i}' for i in range(3000))
    return {'prose': prose, 'dna': dna, 'wide': wide, 'log': log, 'code': code, 'ab': 'ab' * 2_000, 'long': 'x' * 20_000}


CASES = [
    ('words', r'\w+', 0, 'findall', 'prose'),
    ('words ascii', r'[a-zA-Z]+', 0, 'findall', 'prose'),
    ('words wide', r'\w+', 0, 'findall', 'wide'),
    ('words captured', r'(\w+)\s+(\w+)', 0, 'findall', 'prose'),
    ('capitalised', r'\b[A-Z]\w*\b', 0, 'findall', 'prose'),
    ('literal', 'Sherlock Holmes', 0, 'findall', 'prose'),
    ('literal nocase', 'sherlock', re.I, 'findall', 'prose'),
    ('literal wide', 'Ёлка', 0, 'findall', 'wide'),
    ('class wide', '[А-Я][а-я]+', 0, 'findall', 'wide'),
    ('alternation', 'Sherlock|Watson|python|regular', 0, 'findall', 'prose'),
    ('dna 1', 'agggtaaa|tttaccct', 0, 'findall', 'dna'),
    ('dna 2', '[cgt]gggtaaa|tttaccc[acg]', 0, 'findall', 'dna'),
    ('dna 3', 'agggt[cgt]aa|tt[acg]accct', 0, 'findall', 'dna'),
    ('dna sub', 'tHa[Nt]', 0, 'findall', 'dna'),
    ('email', r'[\w.+-]+@[\w-]+\.[\w.-]+', 0, 'findall', 'prose'),
    ('url', r'(https?)://([^/\s]+)(/[^\s?]*)?(\?\S*)?', 0, 'findall', 'prose'),
    ('date', r'(\d{4})-(\d{2})-(\d{2})', 0, 'findall', 'prose'),
    ('.*foo', '.*foo', 0, 'findall', 'prose'),
    ('.*?foo', '.*?foo', 0, 'findall', 'prose'),
    ('.*foo none', '.*foo', 0, 'search', 'long'),
    ('lines', r'^.*$', re.M, 'findall', 'prose'),
    ('log line', r'^(\S+) (\S+) \[(\w+)\] ([\w.]+): (.*)$', re.M, 'findall', 'log'),
    ('quoted', r'"(?:[^"\\]|\\.)*"', 0, 'findall', 'log'),
    ('tokens', r'(?P<name>[A-Za-z_]\w*)|(?P<num>0x[0-9a-f]+|\d+)|(?P<str>"[^"]*")|(?P<op>[-+*/()\[\]:,.])|(?P<ws>\s+)|(?P<comment>#.*)', 0, 'findall', 'code'),
    ('keywords', r'\b(?:def|return|class|if|else|for|while|import|from|as)\b', 0, 'findall', 'code'),
    ('trailing space', r'\s+$', re.M, 'findall', 'code'),
    ('group loop', '(?:ab)*c', 0, 'search', 'ab'),
    ('captured loop', '(?:(a)|b)*', 0, 'search', 'ab'),
    ('nested loop', '(?:a*b?)*c', 0, 'search', 'long'),
    ('backtracking', '(?:x?){16}x{16}y', 0, 'search', 'short'),
    ('backreference', r'\b(\w+) \1\b', 0, 'findall', 'prose'),
    ('look-ahead', r'\w+(?=ing|ing\b|\.)', 0, 'findall', 'prose'),
    ('any', '.', 0, 'findall', 'prose'),
    ('empty', 'x*', 0, 'findall', 'dna'),
]


def count_all(pattern, text):
    return deque(enumerate(pattern.finditer(text), 1), maxlen=1)


def fastest(run):
    best = float('inf')
    begun = time.perf_counter()
    while time.perf_counter() - begun < 0.3:
        start = time.perf_counter_ns()
        run()
        best = min(best, time.perf_counter_ns() - start)
    return best


def main():
    with tempfile.TemporaryDirectory() as folder:
        files, loaded = {}, texts()
        loaded['short'] = 'x' * 24
        for name, text in loaded.items():
            width = 1 if max(text) < '\u0100' else 2
            path = os.path.join(folder, name)
            with open(path, 'wb') as file:
                file.write(text.encode('latin-1' if width == 1 else 'utf-16-le'))
            files[name] = width, path
        jobs = os.path.join(folder, 'jobs')
        theirs = {}
        with open(jobs, 'w') as file:
            for name, source, flags, operation, text in CASES:
                parsed = re._parser.parse(source, flags)
                code = ' '.join('%x' % word for word in re._compiler._code(parsed, flags))
                print('p', name, parsed.state.groups - 1, code, operation, *files[text], sep='\t', file=file)
                pattern, subject = re.compile(source, flags), loaded[text]
                if operation == 'findall':
                    last = count_all(pattern, subject)
                    theirs[name] = fastest(lambda: count_all(pattern, subject)), last[0][0] if last else 0
                else:
                    theirs[name] = fastest(lambda: pattern.search(subject)), int(pattern.search(subject) is not None)
        output = subprocess.run([sys.argv[1], jobs], capture_output=True, text=True, check=True).stdout
    print(f'{"":16} {"_sre us":>10} {"ours us":>10} {"ratio":>7} {"matches":>8} {"per match":>12}')
    for line in output.splitlines():
        name, nanoseconds, count = line.split('\t')
        ours, (their, expected) = int(nanoseconds), theirs[name]
        wrong = '' if int(count) == expected else f'   WRONG: {expected} expected'
        each = f'{their / max(expected, 1):.0f} / {ours / max(expected, 1):.0f}'
        print(f'{name:16} {their / 1000:10.1f} {ours / 1000:10.1f} {their / ours:7.1f} {count:>8} {each:>12}{wrong}')


if __name__ == '__main__':
    main()
