"""Warnings of the parser: where they are, and what they become as errors; those before a syntax error are issued too."""
import warnings
for s in ("'''\n\\z'''", "'\\z'", "'\\e' 1", "x = '\\e'\n1 1", "1 1\nx = '\\e'", "f'\\e{1 1}'", "1or 2", "1or 2 3", "0x1for x in (1,2)", "def f():\n  try: pass\n  finally: return 1", "'\\e'; return", "assert (1,2)", "1 is 1", "b'\\e'", "'\\400'", "b'\\400'", "f'\\z{1}\\y'","t'\\z{1}'", "[] ()", "'\\z' '\\y'", "for i in 1:\n  try:pass\n  finally: continue", "'\\z' = 1"):
    for mode in ("always", "error", "default"):
      with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter(mode)
        try: compile(s, "<f>", "exec"); e=None
        except SyntaxError as x: e = x
        print(repr(s), mode, [(str(i.message), i.lineno, i.filename) for i in w], e, e and (e.lineno,e.offset,e.end_lineno,e.end_offset,e.text))
for s in ("b'ab\\e'","'ab\\e'","u'ab\\e'","b'''ab\n\\e'''","b'''ab\ncd\\e'''","'''ab\ncd\\e'''","x = b'ab\\e'","x = 'ab\\e'","x = b'''ab\ncd\\e'''","x = u'ab\\e'","x = B'''\\e'''", "x = '''\\e'''", "'é\\e'", "b'\\377\\777'", "x = f'ab\\e'","x = f'ab\\e{x}', y","x = f'{x}\\e{x}'\ny","(f'{x}\\e{x}'\n  )","x = f'''\n\n\\e{x}\n'''", "x = f'{x:\\e}'", "x = f'\\{x}'", "x=f'\\{{'", "x = ('a' \n '\\e')", "x = ('a' \n f'\\e')","x = 'a' \\\n  b'\\e'","x = 'a' \\\n  'b\\e'", "x = t'\\e'\nfoo", "f'''\\e{\n1}'''", "  '\\e'"):
      with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("error")
        try: compile(s, "<f>", "exec"); e=None
        except SyntaxError as x: e = x
        print(repr(s), e and (e.lineno,e.offset,e.end_lineno,e.end_offset,e.text))
        warnings.simplefilter("always")
        try: compile(s, "<f>", "exec"); e=None
        except SyntaxError as x: pass
        print( [(i.lineno, i.filename) for i in w])
