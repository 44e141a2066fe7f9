# Instances die at once, whatever way a scope is left. Each function says what is alive behind it.
import contextlib
import gc

gc.disable()


class T:
    live = 0

    def __init__(self, name="t", fail=False):
        T.live += 1
        self.name = name
        if fail:
            raise ValueError(name)

    def __del__(self):
        T.live -= 1


def outcome(f):
    try:
        f()
        return "returns"
    except BaseException as error:
        return type(error).__name__


def check(f):
    before = T.live
    how = outcome(f)
    print(f"{f.__name__:28} {how:18} {T.live - before}")
    return f


@check
def falls_off():
    a = T()
    b = [T(), (T(), {"k": T()})]


@check
def returns_early():
    a = T()
    for i in range(3):
        b = T()
        if i == 1:
            return b


@check
def returns_expression():
    return [T(), T()][0].name + T().name


@check
def raises():
    a = T()
    raise KeyError(T(), a)


@check
def catches():
    try:
        a = T()
        raise KeyError(T())
    except KeyError as error:
        kept = error.args
    del kept, a


@check
def propagates_through_frames():
    def inner(x):
        local = T()
        raise LookupError(x, local)

    def middle(x):
        keep = T()
        inner(x)

    middle(T())


@check
def chains():
    try:
        try:
            raise ValueError(T())
        except ValueError as error:
            x = T()
            raise KeyError(T()) from error
    except KeyError:
        raise IndexError(T())


@check
def chain_cut():
    try:
        try:
            raise ValueError(T())
        except ValueError:
            raise KeyError(T()) from None
    except KeyError as error:
        error.__context__ = None


@check
def with_normal():
    @contextlib.contextmanager
    def manager():
        inside = T()
        yield T()

    with manager() as a, manager():
        b = T()


@check
def with_raising():
    class Manager:
        def __enter__(self):
            return T()

        def __exit__(self, kind, value, traceback):
            self.seen = value
            del self.seen
            return kind is KeyError

    with Manager() as a:
        raise KeyError(T())
    with Manager():
        raise ValueError(T(), a)


@check
def with_enter_fails():
    class Manager:
        def __init__(self):
            self.held = T()

        def __enter__(self):
            raise OSError(T())

        def __exit__(self, *args):
            pass

    with Manager(), Manager():
        pass


@check
def with_exit_fails():
    class Manager:
        def __enter__(self):
            return T()

        def __exit__(self, kind, value, traceback):
            raise OSError(T(), value)

    with Manager() as a, Manager() as b:
        raise KeyError(T())


@check
def finally_returns():
    try:
        a = T()
        raise KeyError(T())
    finally:
        T()
        return None


@check
def finally_overrides():
    try:
        return T()
    finally:
        raise ValueError(T())


@check
def finally_in_loop():
    for x in [T(), T(), T()]:
        try:
            y = T()
            if x:
                continue
        finally:
            z = T()
    while True:
        try:
            raise KeyError(T())
        except KeyError:
            break
        finally:
            w = T()


@check
def loop_leaves():
    for x in (T() for _ in range(5)):
        break
    for a, b in [(T(), T()), (T(), T())]:
        continue
    else:
        c = T()
    for q in iter([T(), T(), T()]):
        raise ValueError(q)


@check
def comprehensions():
    xs = [T() for _ in range(3)]
    ys = {i: T() for i in range(3)}
    zs = {T() for _ in range(3)}
    [[T() for _ in range(2)] for _ in range(2)]
    [1 // (2 - i) for i, x in enumerate([T(), T(), T(), T()])]


@check
def closures():
    a = T()

    def inner():
        nonlocal a
        b = a
        a = T()

        def innermost():
            return a, b

        return innermost

    f = inner()
    g = inner()
    del f
    g()


@check
def deletes():
    a = b = T()
    del a
    c = [T(), T(), T()]
    del c[0], c[0:1]
    d = {"x": T()}
    del d["x"]
    e = type("E", (), {})()
    e.attribute = T()
    del e.attribute
    del b
    a


@check
def rebinds():
    a = T()
    a = T()
    a, b = T(), a
    b, a = a, b
    a += 1


@check
def except_groups():
    try:
        raise ExceptionGroup("g", [ValueError(T()), KeyError(T()), ExceptionGroup("h", [TypeError(T()), ValueError(T())])])
    except* ValueError as group:
        a = group.exceptions
    except* KeyError:
        raise IndexError(T())


@check
def except_groups_rest():
    try:
        raise ExceptionGroup("g", [ValueError(T()), KeyError(T())])
    except* ValueError:
        raise
    except* TypeError:
        pass


@check
def class_scope():
    class A:
        x = T()
        y = [T() for _ in range(2)]

        def method(self):
            return self.x

    a = A()
    a.method()
    A.x = A.y = None
    a.z = T()


@check
def class_scope_raises():
    class A:
        x = T()
        raise KeyError(x)


@check
def class_creation_fails():
    class Meta(type):
        def __new__(meta, name, bases, namespace, **kwargs):
            raise TypeError(namespace)

    class A(metaclass=Meta, key=T()):
        x = T()


@check
def descriptors_set_name_fails():
    class D:
        def __init__(self):
            self.held = T()

        def __set_name__(self, owner, name):
            raise RuntimeError(name, T())

    class A:
        d = D()


@check
def exec_and_eval():
    namespace = {"T": T}
    exec("a = T()\ndef f():\n    b = T()\n    return 1\nf()\n", namespace)
    eval("[T() for _ in range(3)][0].name", namespace)
    namespace.clear()
    exec("x = T()\nraise KeyError(x)", {"T": T})


@check
def assertion():
    a = T()
    assert not a, T()


@check
def formatted():
    class F:
        def __init__(self):
            self.held = T()

        def __format__(self, spec):
            raise ValueError(spec, T())

    f"{T().name} {F():{T().name}}"


@check
def template():
    t = t"{T().name} {T()!r:>5}"
    t.interpolations[0].value
    t"{T()} {1 // 0}"


@check
def matches():
    match [T(), {"k": T(), "l": T()}, T()]:
        case [a, {"k": b, **rest}, T(name="other")]:
            pass
        case [a, *others]:
            raise KeyError(a)


@check
def match_fails():
    class P:
        __match_args__ = ("x",)

        @property
        def x(self):
            raise OSError(T())

    match P():
        case P(5):
            pass


@check
def generator_expression_argument():
    sum(1 // (2 - i) for i, t in enumerate([T(), T(), T(), T()]))


@check
def boolean_and_conditional():
    a = T() and T()
    b = T() or T()
    c = T() if T() else T()
    d = not T()
    e = (f := T())
    a < b


@check
def chained_comparison():
    class C(T):
        def __lt__(self, other):
            return True

    C() < C() < C() < T() < 3


@check
def globals_too():
    global kept
    kept = T()
    try:
        kept = T()
        undefined_name
    finally:
        del kept


@check
def lambda_defaults():
    f = lambda a=T(), *, b=T(): (a, b)
    f.__defaults__ = (T(),)
    f()
    f.__kwdefaults__ = None
    f()


@check
def import_fails():
    a = T()
    from os import no_such_name


@check
def deep_recursion():
    def down(n, t):
        keep = T() if n < 20 else None
        return down(n + 1, keep)

    down(0, T())


@check
def system_exit():
    a = T()
    raise SystemExit(a)


gc.collect()
print("left", T.live)
