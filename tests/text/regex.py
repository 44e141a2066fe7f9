"""re: groups, flags, look-around, substitution, splitting, scanning and errors."""
import re
print(re.match(r"(\w+) (\w+)", "hello world").groups(), re.search(r"(?P<y>\d{4})-(?P<m>\d\d)", "on 2026-03").groupdict(), re.fullmatch(r"a+", "aaab"), re.findall(r"\d+", "1 22 333"), re.findall(r"(\w)(\d)", "a1 b2"), [m.span() for m in re.finditer("a", "banana")])
m = re.search(r"(a)(b)?(c)", "xacx"); print(m, m.group(), m.group(1, 3), m[2], m.start(3), m.end(), m.span(2), m.lastindex, m.lastgroup, m.string, m.pos, m.endpos, m.re.pattern, m.expand(r"\3-\1"), m.regs, m.groups("none"), bool(m))
print(re.sub(r"(\w+)", r"<\1>", "a bc"), re.sub("a", lambda m: m[0].upper(), "banana", count=2), re.subn("a", "", "banana"), re.sub(r"(?P<n>x)", r"\g<n>\g<0>\g<1>", "x"), re.sub("", "-", "ab"), re.sub(r"\b", "|", "hi you"), re.sub(r"x*", "-", "abxd"), re.sub("(a)|b", r"[\1]", "ab"))
print(re.split(r"[,;]\s*", "a, b;c"), re.split(r"(,)", "a,b"), re.split(r"\s+", " a b "), re.split("", "abc"), re.split(",", "a,b,c", maxsplit=1), re.split(r"\b", "a b"))
print(re.findall(r"(?i)HELLO", "Hello hello"), re.findall(r"^\w", "a\nb\nc", re.M), re.search(r"a.b", "a\nb", re.S), re.search(r"a.b", "a\nb"), re.findall(r"""\d+ # digits
  \s* \w""", "12 a", re.X), re.findall(r"\w+", "naïve café", re.A), re.findall(r"\w+", "naïve café"), re.match(r"\d", "٣"), re.match(r"(?a)\d", "٣"), re.findall("ſ", "S", re.I), re.match("(?s:.)(?-i:A)", "\nA"))
print(re.findall(r"a*?b", "aaab"), re.findall(r"<.*?>", "<a><b>"), re.findall(r"<.*>", "<a><b>"), re.findall(r"(?<=a)b|(?<!x)c", "ab xc c"), re.findall(r"\w+(?=!)", "hi! you"), re.findall(r"\w(?!\d)", "a1bc"), re.findall(r"(?:ab)+", "ababx"), re.match(r"(a)?b(?(1)c|d)", "abc"), re.match(r"(a)?b(?(1)c|d)", "bd"), re.findall(r"(\w)\1", "hello aab"), re.findall(r"(?P<q>['\"]).*?(?P=q)", "'a' \"b\"") , re.findall(r"a{2,3}", "aaaaa"), re.findall(r"a{,2}", "aaa"), re.findall(r"a++b|a*+", "aaab"), re.match(r"(?>a+)ab", "aaab"), re.findall(r"[^a-c\d]", "abcd1-"), re.findall(r"[]a-]", "a]-b"), re.findall(r"[\w.-]+", "a.b-c d"), re.findall(r"\Aa|b\Z", "ab"), re.findall(r"\x41\u0042\N{LATIN CAPITAL LETTER C}\101", "ABCA"))
p = re.compile(r"(?P<a>x)|y", re.I | re.M); print(p, p.flags, p.groups, p.groupindex, p.pattern, p == re.compile(p.pattern, p.flags), hash(p) == hash(re.compile(p.pattern, p.flags)), p.search("aXb", 1, 2), p.match("ay", 1), p.sub("z", "xy"), p.scanner("xy").search(), re.compile(p) is p, re.compile(b"a").findall(b"banana"))
print(re.escape("a.b*c d-é\n"), re.RegexFlag(10), repr(re.I | re.X), re.NOFLAG, re.A, re.compile("a", re.DEBUG if False else 0))
for pattern in ("(", ")", "[", "a**", "*a", "(?P<n>a)(?P<n>b)", "(?P<1>a)", r"\1", "(?P=x)", "a{2,1}", "[z-a]", r"\q", "(?z)", "(?<=a+)b", "(?(1)a|b|c)", "(?(9)a)", "(?", "(?P", "(?P<", r"\N{nope}", r"\x1", "a{99999999999}", "(?i", "x(?i)", "(?<!(a)*)b", r"[\w-z]", "(?P<a", "(?#", "(?-i)", "(?a-u:x)", "\\", "(?L)a", "+"):
    try: print(pattern, re.compile(pattern).pattern)
    except re.error as error: print(f"{pattern!r}: {error}; {error.msg!r} {error.pos} {error.lineno} {error.colno}")
    except OverflowError as error: print(f"{pattern!r}: {error}")
def attempt(source):
    try: print(source, eval(source))
    except Exception as error: print(f"{source}: {type(error).__name__}: {error}")
for source in ("re.match(b'a', 'a')", "re.match('a', b'a')", "re.sub('a', r'\\2', 'a')", "re.sub('a', r'\\g<x>', 'a')", "re.sub('(a)', r'\\g<1', 'a')", "re.match('a', 5)", "re.match('a', 'a').group(1)", "re.match('a', 'a')['x']", "re.compile('a', 5.0)", "re.compile(5)", "re.sub('a', 5, 'a')", "re.compile(re.compile('a'), re.I)", "re.findall()", "re.sub(r'\\w', r'\\q', 'a')", "re.compile('(?u)a').match(b'a')"):
    attempt(source)
print(re.match(r"(a*)*b", "aaaaaaaaaaaaaaaaaaaab") is not None, re.match("(?:x*)*", "xx").span(), re.match(r"((a)|b)*", "aba").groups(), re.match("(?:a|ab)(?:c|bcd)(d*)", "abcd").groups(), re.search("(?m)^$", "a\n\nb").span(), len(re.findall("(?=(a))", "aaa")), re.match("(?s)" + ".*" * 5 + "x", "a" * 50))
