"""datetime, time, calendar and decimal arithmetic with fixed values."""
from datetime import date, datetime, time, timedelta, timezone
import calendar, time as t
from decimal import ROUND_HALF_UP, Context, Decimal, getcontext, localcontext
from fractions import Fraction
d = datetime(2026, 3, 1, 13, 5, 9, 120, tzinfo=timezone.utc); delta = timedelta(days=1, hours=2, microseconds=5)
print(d, repr(d), d + delta, d - delta, delta * 2, delta / 3, -delta, abs(-delta), delta.total_seconds(), repr(delta), str(timedelta(-1)), timedelta(hours=5) // timedelta(hours=2), divmod(timedelta(7), timedelta(2)))
print(d.isoformat(), d.strftime("%A %d %B %Y %I:%M %p %j %U %% %z %Z %f"), datetime.strptime("5 Mar 2026 07:08", "%d %b %Y %H:%M"), date.fromisoformat("2026-W10-3"), datetime.fromisoformat("2026-03-01T10:00:00.5+02:00"), d.astimezone(timezone(timedelta(hours=5, minutes=30), "IST")), d.timestamp(), d.replace(hour=1).time(), d.timetuple()[:6], d.isocalendar(), d.weekday(), d.toordinal(), d.ctime())
print(date(2024, 2, 29) + timedelta(365), date.max - date.min, date(2026, 1, 1) < date(2026, 1, 2), time(10, 30).isoformat("minutes"), time(1) < time(2), date(2026, 3, 1).strftime("%x"), min(date(2026, 1, 5), date(2025, 1, 1)), hash(date(2026, 1, 1)) == hash(date(2026, 1, 1)), datetime.min, date.fromordinal(1), f"{d:%Y}", calendar.monthrange(2026, 2), calendar.isleap(2028))
print(calendar.month(2026, 3)); print(t.strftime("%Y-%m-%d", t.gmtime(0)), t.gmtime(10**9), t.mktime((1970, 1, 2, 0, 0, 0, 0, 0, 0)), t.asctime(t.gmtime(0)), t.strptime("2026", "%Y").tm_year)
D = Decimal; print(D("1.1") + D("2.2"), D(1) / D(7), D("1E+3"), D("1.20") * 3, D("-0"), D(0.1), D("NaN"), D("Infinity") > 5, D("2.675").quantize(D("0.01"), ROUND_HALF_UP), D("10") % D("3"), D(2) ** 100, D(2).sqrt(), D("123.456").normalize(), D("1e-7"), D("12.30").as_tuple(), D("1.5") == 1.5, hash(D("1.0")) == hash(1), D("3").exp(), round(D("2.5")), int(D("7.9")), D("1_000"), repr(D("5")), D("7") // D("2"))
with localcontext(prec=5) as ctx: print(D(1) / 3, ctx.prec)
print(Context(prec=3).create_decimal("3.14159"), getcontext().prec, Fraction(1, 3) + Fraction("1/6"), Fraction(0.5), Fraction("3.25"), Fraction(22, 7).limit_denominator(5), float(Fraction(1, 3)), Fraction(7, 2) // 1, round(Fraction(7, 2)), Fraction(1, 2) ** 2, f"{Fraction(1, 3):.3f}")
def attempt(source):
    try: print(source, "=", eval(source))
    except Exception as error: print(f"{source}: {type(error).__name__}: {error}")
for source in ("date(2026, 2, 30)", "datetime(2026, 13, 1)", "time(25)", "date(0, 1, 1)", "date.max + timedelta(1)", "d - datetime(2026, 1, 1)", "d < datetime(2026, 1, 1)", "d + 5", "date.fromisoformat('nope')", "datetime.strptime('x', '%Y')", "datetime.strptime('2026 x', '%Y')", "timedelta(days=10**10)", "timezone(timedelta(days=2))", "date('2026')", "timedelta(1) / 0", "D('x')", "D(1) / 0", "D('sNaN') + 1", "D(1) + 1.5", "D('1') < 'a'", "Fraction(1, 0)", "Fraction('x')", "Fraction(1.5, 2)", "D(2) ** D('0.5') > 1", "D(-1).sqrt()", "int(D('NaN'))", "calendar.month(2026, 13)", "date.today().nope", "datetime.fromtimestamp('x')"):
    attempt(source)
