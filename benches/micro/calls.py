"""Calls, one kind each."""


def nothing():
    pass


def two(a, b):
    return a


def defaults(a, b=1, c=2):
    return a


def keywords(*, a, b):
    return a


def stars(*args, **kwargs):
    return args


class C:
    def __init__(self):
        self.x = 1

    def method(self):
        pass

    def method_args(self, a, b):
        return a

    @classmethod
    def cls(cls):
        pass

    @staticmethod
    def static():
        pass

    def __call__(self):
        pass


class D(C):
    def method(self):
        super().method()


def bench_function(rounds):
    for _ in range(rounds):
        nothing()
        nothing()
        nothing()
        nothing()
        nothing()
        nothing()
        nothing()
        nothing()
        nothing()
        nothing()


def bench_function_args(rounds):
    for _ in range(rounds):
        two(1, 2)
        two(1, 2)
        two(1, 2)
        two(1, 2)
        two(1, 2)
        two(1, 2)
        two(1, 2)
        two(1, 2)
        two(1, 2)
        two(1, 2)


def bench_function_defaults(rounds):
    for _ in range(rounds):
        defaults(1)
        defaults(1)
        defaults(1)
        defaults(1)
        defaults(1)
        defaults(1)
        defaults(1)
        defaults(1)
        defaults(1)
        defaults(1)


def bench_function_keywords(rounds):
    for _ in range(rounds):
        keywords(a=1, b=2)
        keywords(a=1, b=2)
        keywords(a=1, b=2)
        keywords(a=1, b=2)
        keywords(a=1, b=2)
        keywords(a=1, b=2)
        keywords(a=1, b=2)
        keywords(a=1, b=2)
        keywords(a=1, b=2)
        keywords(a=1, b=2)


def bench_function_mixed(rounds):
    for _ in range(rounds):
        defaults(1, c=3)
        defaults(1, c=3)
        defaults(1, c=3)
        defaults(1, c=3)
        defaults(1, c=3)
        defaults(1, c=3)
        defaults(1, c=3)
        defaults(1, c=3)
        defaults(1, c=3)
        defaults(1, c=3)


def bench_function_stars_given(rounds):
    for _ in range(rounds):
        stars(1, 2, k=3)
        stars(1, 2, k=3)
        stars(1, 2, k=3)
        stars(1, 2, k=3)
        stars(1, 2, k=3)
        stars(1, 2, k=3)
        stars(1, 2, k=3)
        stars(1, 2, k=3)
        stars(1, 2, k=3)
        stars(1, 2, k=3)


def bench_call_with_star(rounds):
    pair = (1, 2)
    for _ in range(rounds):
        two(*pair)
        two(*pair)
        two(*pair)
        two(*pair)
        two(*pair)
        two(*pair)
        two(*pair)
        two(*pair)
        two(*pair)
        two(*pair)


def bench_call_with_double_star(rounds):
    kw = {"a": 1, "b": 2}
    for _ in range(rounds):
        keywords(**kw)
        keywords(**kw)
        keywords(**kw)
        keywords(**kw)
        keywords(**kw)
        keywords(**kw)
        keywords(**kw)
        keywords(**kw)
        keywords(**kw)
        keywords(**kw)


def bench_method(rounds):
    c = C()
    for _ in range(rounds):
        c.method()
        c.method()
        c.method()
        c.method()
        c.method()
        c.method()
        c.method()
        c.method()
        c.method()
        c.method()


def bench_method_args(rounds):
    c = C()
    for _ in range(rounds):
        c.method_args(1, 2)
        c.method_args(1, 2)
        c.method_args(1, 2)
        c.method_args(1, 2)
        c.method_args(1, 2)
        c.method_args(1, 2)
        c.method_args(1, 2)
        c.method_args(1, 2)
        c.method_args(1, 2)
        c.method_args(1, 2)


def bench_bound_method(rounds):
    m = C().method
    for _ in range(rounds):
        m()
        m()
        m()
        m()
        m()
        m()
        m()
        m()
        m()
        m()


def bench_classmethod(rounds):
    for _ in range(rounds):
        C.cls()
        C.cls()
        C.cls()
        C.cls()
        C.cls()
        C.cls()
        C.cls()
        C.cls()
        C.cls()
        C.cls()


def bench_staticmethod(rounds):
    for _ in range(rounds):
        C.static()
        C.static()
        C.static()
        C.static()
        C.static()
        C.static()
        C.static()
        C.static()
        C.static()
        C.static()


def bench_super_method(rounds):
    d = D()
    for _ in range(rounds):
        d.method()
        d.method()
        d.method()
        d.method()
        d.method()
        d.method()
        d.method()
        d.method()
        d.method()
        d.method()


def bench_callable_instance(rounds):
    c = C()
    for _ in range(rounds):
        c()
        c()
        c()
        c()
        c()
        c()
        c()
        c()
        c()
        c()


def bench_closure_call(rounds):
    x = 1
    def f():
        return x
    for _ in range(rounds):
        f()
        f()
        f()
        f()
        f()
        f()
        f()
        f()
        f()
        f()


def bench_lambda_call(rounds):
    f = lambda a: a
    for _ in range(rounds):
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)


def bench_builtin_len(rounds):
    x = [1]
    for _ in range(rounds):
        len(x)
        len(x)
        len(x)
        len(x)
        len(x)
        len(x)
        len(x)
        len(x)
        len(x)
        len(x)


def bench_builtin_method(rounds):
    x = [1]
    for _ in range(rounds):
        x.__len__()
        x.__len__()
        x.__len__()
        x.__len__()
        x.__len__()
        x.__len__()
        x.__len__()
        x.__len__()
        x.__len__()
        x.__len__()


def bench_list_append(rounds):
    x = []
    append = x.append
    for _ in range(rounds):
        append(1)
        append(1)
        append(1)
        append(1)
        append(1)
        append(1)
        append(1)
        append(1)
        append(1)
        append(1)


def bench_isinstance(rounds):
    x = D()
    for _ in range(rounds):
        isinstance(x, C)
        isinstance(x, C)
        isinstance(x, C)
        isinstance(x, C)
        isinstance(x, C)
        isinstance(x, C)
        isinstance(x, C)
        isinstance(x, C)
        isinstance(x, C)
        isinstance(x, C)


def bench_isinstance_tuple(rounds):
    x = D()
    for _ in range(rounds):
        isinstance(x, (str, C))
        isinstance(x, (str, C))
        isinstance(x, (str, C))
        isinstance(x, (str, C))
        isinstance(x, (str, C))
        isinstance(x, (str, C))
        isinstance(x, (str, C))
        isinstance(x, (str, C))
        isinstance(x, (str, C))
        isinstance(x, (str, C))


def bench_type_of(rounds):
    x = 1
    for _ in range(rounds):
        type(x)
        type(x)
        type(x)
        type(x)
        type(x)
        type(x)
        type(x)
        type(x)
        type(x)
        type(x)


def bench_new_instance(rounds):
    for _ in range(rounds):
        C()
        C()
        C()
        C()
        C()
        C()
        C()
        C()
        C()
        C()


def bench_new_object(rounds):
    for _ in range(rounds):
        object()
        object()
        object()
        object()
        object()
        object()
        object()
        object()
        object()
        object()


def bench_new_int(rounds):
    x = "5"
    for _ in range(rounds):
        int(x)
        int(x)
        int(x)
        int(x)
        int(x)
        int(x)
        int(x)
        int(x)
        int(x)
        int(x)


def bench_new_str(rounds):
    x = 5
    for _ in range(rounds):
        str(x)
        str(x)
        str(x)
        str(x)
        str(x)
        str(x)
        str(x)
        str(x)
        str(x)
        str(x)


def bench_new_list(rounds):
    x = (1, 2)
    for _ in range(rounds):
        list(x)
        list(x)
        list(x)
        list(x)
        list(x)
        list(x)
        list(x)
        list(x)
        list(x)
        list(x)


def bench_new_dict(rounds):
    for _ in range(rounds):
        dict(a=1)
        dict(a=1)
        dict(a=1)
        dict(a=1)
        dict(a=1)
        dict(a=1)
        dict(a=1)
        dict(a=1)
        dict(a=1)
        dict(a=1)


def bench_range_call(rounds):
    for _ in range(rounds):
        range(3)
        range(3)
        range(3)
        range(3)
        range(3)
        range(3)
        range(3)
        range(3)
        range(3)
        range(3)


def bench_getattr_call(rounds):
    c = C()
    for _ in range(rounds):
        getattr(c, "x")
        getattr(c, "x")
        getattr(c, "x")
        getattr(c, "x")
        getattr(c, "x")
        getattr(c, "x")
        getattr(c, "x")
        getattr(c, "x")
        getattr(c, "x")
        getattr(c, "x")


def bench_min_two(rounds):
    for _ in range(rounds):
        min(1, 2)
        min(1, 2)
        min(1, 2)
        min(1, 2)
        min(1, 2)
        min(1, 2)
        min(1, 2)
        min(1, 2)
        min(1, 2)
        min(1, 2)


def bench_abs(rounds):
    for _ in range(rounds):
        abs(-5)
        abs(-5)
        abs(-5)
        abs(-5)
        abs(-5)
        abs(-5)
        abs(-5)
        abs(-5)
        abs(-5)
        abs(-5)


def bench_recursion(rounds):
    def f(n):
        return n and f(n - 1)
    for _ in range(rounds):
        f(8)
