# Decimal arithmetic: operators, contexts, signals, conversions, formatting.
import copy
import decimal
import pickle
import threading
from decimal import *
from fractions import Fraction


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as e:
        print(type(e).__name__, e.args)


print(getcontext())
print(decimal.__version__, decimal.__libmpdec_version__, MAX_PREC, MIN_ETINY, HAVE_THREADS, HAVE_CONTEXTVAR)

print('operators')
values = [Decimal(t) for t in ('1.10', '-3', '0', '-0.00', '1E+5', '7.89E-7', '123456789012345678901234567890', 'Infinity', 'NaN12')]
for a in values:
    print(repr(a), str(a), a.to_eng_string(), a.as_tuple(), a.number_class(), bool(a))
    for b in (Decimal('2.5'), 7, -1):
        for name in ('__add__', '__rsub__', '__mul__', '__truediv__', '__floordiv__', '__mod__', '__divmod__', '__pow__'):
            attempt(getattr(a, name), b)
attempt(lambda: Decimal(1) + 1.5)
attempt(lambda: Decimal(1) / 0)
attempt(lambda: Decimal(0) / 0)
attempt(lambda: Decimal('sNaN') + 1)
attempt(lambda: Decimal('NaN') < 1)
attempt(lambda: pow(Decimal(7), 100, 13))

print('comparison and hash')
for other in (1, 1.0, Fraction(1), 1 + 0j, True, '1', None):
    print(Decimal('1.00') == other, Decimal(1) != other)
print(Decimal('0.5') == Fraction(1, 2) < Decimal('0.75') > 0.5, Decimal('Infinity') > Fraction(1, 3))
for text in ('0', '-1', '0.5', '1E+30', '-123.25', 'Infinity', '2305843009213693951'):
    x = Decimal(text)
    print(hash(x) == hash(Fraction(x) if x.is_finite() else float(x)), hash(x) == hash(x + 0))
attempt(hash, Decimal('sNaN'))
print(sorted([Decimal('3'), 2, Decimal('2.5'), 1.5, Fraction(9, 4)]))

print('construction')
for v in (' 12_3.5 ', '\u0661\u0662.\u0663', '', '1e', 'nan0005', '-inf', (1, (1, 2, 3), -2), [0, [], 'F'], (0, (1, 2), 'n'),
          (2, (1,), 0), (0, (11,), 0), (0, (1,), 'x'), (0, (1,)), True, 0.1, -0.0, 10**40, b'1', object, '1e999999999999999999999'):
    attempt(Decimal, v)
attempt(Decimal.from_float, 0.1)
attempt(Decimal.from_float, '1')
attempt(Decimal.from_number, Fraction(1, 2))
attempt(Context(prec=3).create_decimal, '3.14159')
attempt(Context(prec=3).create_decimal, ' 3')
attempt(Context(prec=3).create_decimal_from_float, 2 / 3)

print('conversions')
for text in ('2.5', '-3.5', '1E+3', '12345678901234567890.5', 'NaN', 'Infinity'):
    x = Decimal(text)
    for f in (int, float, round, complex, x.__floor__ and (lambda x: x.__floor__()), lambda x: x.__ceil__(), lambda x: x.as_integer_ratio(),
              lambda x: round(x, 1), lambda x: x.adjusted()):
        attempt(f, x)
attempt(round, Decimal(1), 30)
attempt(round, Decimal(1), 'x')

print('contexts')
c = Context(prec=5, rounding=ROUND_UP, Emin=-10, Emax=10, capitals=0, clamp=1, flags=[Inexact], traps=[])
print(c, c.Etiny(), c.Etop(), c.radix())
print(pickle.loads(pickle.dumps(c)), copy.copy(c), c.copy() == c)
print(c.flags)
print(c.flags[Inexact], Rounded in c.flags, len(c.flags), c.flags == c.traps, c.flags.copy() == c.flags)
c.clear_flags()
for name, args in (('divide', (1, 3)), ('multiply', ('x', 1)), ('multiply', (Decimal('1E+9'), 99)), ('divide', (1, 0)), ('sqrt', (-1,)),
                   ('create_decimal', ('1E-20',)), ('add', (1,)), ('exp', (1,)), ('ln', (10,)), ('log10', (2,)), ('power', (2, 0)),
                   ('quantize', (Decimal('1.25'), Decimal('0.1'))), ('fma', (2, 3, 4)), ('to_sci_string', (Decimal('1E+3'),))):
    c.clear_flags()
    attempt(getattr(c, name), *args)
    print([s.__name__ for s, on in c.flags.items() if on])
for name, value in (('prec', 0), ('prec', '1'), ('prec', 10**30), ('Emax', -1), ('rounding', 'x'), ('capitals', 2), ('clamp', 2), ('traps', 1),
                    ('flags', {}), ('flags', {Inexact: 1}), ('nothing', 1), ('prec', 7)):
    attempt(setattr, c, name, value)
attempt(delattr, c, 'prec')
attempt(Context, prec=1.5)
attempt(Context, nothing=1)
attempt(c.flags.__getitem__, ValueError)
attempt(c.flags.__delitem__, Inexact)
attempt(setcontext, 1)
attempt(localcontext, 1)
attempt(localcontext, nothing=1)
print(IEEEContext(32), IEEEContext(128))
attempt(IEEEContext, 33)
with localcontext(prec=4) as inner:
    print(getcontext() is inner, Decimal(1) / 3)
    with localcontext() as innermost:
        innermost.prec = 2
        print(Decimal(1) / 3)
    print(Decimal(1) / 3)
print(Decimal(1) / 3)


def in_thread():
    getcontext().prec = 3
    print('thread', Decimal(1) / 3)


t = threading.Thread(target=in_thread)
t.start()
t.join()
print('main', Decimal(1) / 3)
with localcontext() as ctx:
    ctx.traps[FloatOperation] = True
    attempt(Decimal, 1.5)
    attempt(lambda: Decimal(1) < 1.5)
    print(Decimal('1.5') == 1.5, Decimal.from_float(1.5))
    ctx.traps[Inexact] = True
    attempt(lambda: Decimal(1) / 3)
    ctx.prec = MAX_PREC
    attempt(lambda: Decimal(4) / 2)
    attempt(lambda: Decimal(1) / 3)

print('rounding')
for mode in (ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP):
    print(mode, [str(Decimal(t).quantize(Decimal('0.1'), rounding=mode)) for t in ('1.25', '1.35', '-1.25', '1.21', '1.05', '-1.51')])
    print([str(Decimal(t).to_integral_value(mode)) for t in ('2.5', '-2.5', '0.4', '1E+2')])
print(Decimal('120.00').normalize(), Decimal('1E+3').quantize(1), Decimal('Inf').quantize(Decimal('Inf')))
attempt(Decimal(1).quantize, Decimal('1e-40'))
attempt(Decimal(1).quantize)
attempt(Decimal(1).quantize, 1, 'x')

print('functions')
with localcontext(prec=50):
    for t in ('2', '0.1', '123456.789', '1.000000001'):
        x = Decimal(t)
        print(x.sqrt(), x.exp(), x.ln(), x.log10(), x ** Decimal('0.5'), x ** -3)
print(Decimal(3).next_plus(), Decimal(3).next_minus(), Decimal(3).next_toward(4), Decimal('250').logb(), Decimal(5).scaleb(3))
print(Decimal(1011).logical_and(Decimal(1110)), Decimal(1).logical_invert(), Decimal(1234).shift(2), Decimal(1234).rotate(-1))
print(Decimal(3).max(Decimal('NaN')), Decimal(-4).max_mag(3), Decimal('1.0').min(1), Decimal('1.0').compare_total(1), Decimal(10).remainder_near(6))
print(Decimal(1).same_quantum(Decimal('1.0')), Decimal(-1).copy_abs(), Decimal(1).copy_sign(Decimal(-2)), Decimal(1).fma(2, 3))

print('formatting')
for spec in ('', 'f', '.2f', '.3e', 'g', '.4', '10', '<12|'[:3], '^15,.2f', '015,', '+.1%', 'z.0f', '_', '.6_f', '#.0f', 'E', '=+20', 'x', '<010', '.'):
    attempt(format, Decimal('-12345.678'), spec)
    attempt(format, Decimal('0.00'), spec)
attempt(format, Decimal('NaN'), '010')
attempt(format, Decimal('-Infinity'), '*^15')

print('subclasses and copies')


class Money(Decimal):
    pass


m = Money('1.50')
print(repr(m), type(m), type(m + 1), type(Money.from_float(1.5)), type(pickle.loads(pickle.dumps(m))), type(copy.deepcopy(m)))
print(copy.copy(m) is m, Decimal(m).__class__, m.__reduce__())
print(InvalidOperation.__mro__, DivisionByZero.__bases__, DecimalTuple.__mro__[1:])
