"""Exceptions, with statements, try."""


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return False


def fail():
    raise ValueError


def deep(n):
    if n:
        deep(n - 1)
    else:
        raise ValueError


def bench_try_no_error(rounds):
    for _ in range(rounds):
        try: pass
        except ValueError: pass
        try: pass
        except ValueError: pass
        try: pass
        except ValueError: pass
        try: pass
        except ValueError: pass
        try: pass
        except ValueError: pass
        try: pass
        except ValueError: pass
        try: pass
        except ValueError: pass
        try: pass
        except ValueError: pass
        try: pass
        except ValueError: pass
        try: pass
        except ValueError: pass


def bench_try_finally(rounds):
    for _ in range(rounds):
        try: pass
        finally: pass
        try: pass
        finally: pass
        try: pass
        finally: pass
        try: pass
        finally: pass
        try: pass
        finally: pass
        try: pass
        finally: pass
        try: pass
        finally: pass
        try: pass
        finally: pass
        try: pass
        finally: pass
        try: pass
        finally: pass


def bench_raise_catch(rounds):
    for _ in range(rounds):
        try: raise ValueError
        except ValueError: pass
        try: raise ValueError
        except ValueError: pass
        try: raise ValueError
        except ValueError: pass
        try: raise ValueError
        except ValueError: pass
        try: raise ValueError
        except ValueError: pass
        try: raise ValueError
        except ValueError: pass
        try: raise ValueError
        except ValueError: pass
        try: raise ValueError
        except ValueError: pass
        try: raise ValueError
        except ValueError: pass
        try: raise ValueError
        except ValueError: pass


def bench_raise_catch_as(rounds):
    for _ in range(rounds):
        try: raise ValueError("x")
        except ValueError as error: pass
        try: raise ValueError("x")
        except ValueError as error: pass
        try: raise ValueError("x")
        except ValueError as error: pass
        try: raise ValueError("x")
        except ValueError as error: pass
        try: raise ValueError("x")
        except ValueError as error: pass
        try: raise ValueError("x")
        except ValueError as error: pass
        try: raise ValueError("x")
        except ValueError as error: pass
        try: raise ValueError("x")
        except ValueError as error: pass
        try: raise ValueError("x")
        except ValueError as error: pass
        try: raise ValueError("x")
        except ValueError as error: pass


def bench_raise_in_call(rounds):
    for _ in range(rounds):
        try: fail()
        except ValueError: pass
        try: fail()
        except ValueError: pass
        try: fail()
        except ValueError: pass
        try: fail()
        except ValueError: pass
        try: fail()
        except ValueError: pass
        try: fail()
        except ValueError: pass
        try: fail()
        except ValueError: pass
        try: fail()
        except ValueError: pass
        try: fail()
        except ValueError: pass
        try: fail()
        except ValueError: pass


def bench_raise_deep(rounds):
    for _ in range(rounds):
        try: deep(5)
        except ValueError: pass
        try: deep(5)
        except ValueError: pass
        try: deep(5)
        except ValueError: pass
        try: deep(5)
        except ValueError: pass
        try: deep(5)
        except ValueError: pass
        try: deep(5)
        except ValueError: pass
        try: deep(5)
        except ValueError: pass
        try: deep(5)
        except ValueError: pass
        try: deep(5)
        except ValueError: pass
        try: deep(5)
        except ValueError: pass


def bench_key_error(rounds):
    x = {}
    for _ in range(rounds):
        try: x["k"]
        except KeyError: pass
        try: x["k"]
        except KeyError: pass
        try: x["k"]
        except KeyError: pass
        try: x["k"]
        except KeyError: pass
        try: x["k"]
        except KeyError: pass
        try: x["k"]
        except KeyError: pass
        try: x["k"]
        except KeyError: pass
        try: x["k"]
        except KeyError: pass
        try: x["k"]
        except KeyError: pass
        try: x["k"]
        except KeyError: pass


def bench_attribute_error(rounds):
    x = object()
    for _ in range(rounds):
        try: x.nope
        except AttributeError: pass
        try: x.nope
        except AttributeError: pass
        try: x.nope
        except AttributeError: pass
        try: x.nope
        except AttributeError: pass
        try: x.nope
        except AttributeError: pass
        try: x.nope
        except AttributeError: pass
        try: x.nope
        except AttributeError: pass
        try: x.nope
        except AttributeError: pass
        try: x.nope
        except AttributeError: pass
        try: x.nope
        except AttributeError: pass


def bench_index_error(rounds):
    x = []
    for _ in range(rounds):
        try: x[5]
        except IndexError: pass
        try: x[5]
        except IndexError: pass
        try: x[5]
        except IndexError: pass
        try: x[5]
        except IndexError: pass
        try: x[5]
        except IndexError: pass
        try: x[5]
        except IndexError: pass
        try: x[5]
        except IndexError: pass
        try: x[5]
        except IndexError: pass
        try: x[5]
        except IndexError: pass
        try: x[5]
        except IndexError: pass


def bench_type_error(rounds):
    x = "a"
    for _ in range(rounds):
        try: 1 + x
        except TypeError: pass
        try: 1 + x
        except TypeError: pass
        try: 1 + x
        except TypeError: pass
        try: 1 + x
        except TypeError: pass
        try: 1 + x
        except TypeError: pass
        try: 1 + x
        except TypeError: pass
        try: 1 + x
        except TypeError: pass
        try: 1 + x
        except TypeError: pass
        try: 1 + x
        except TypeError: pass
        try: 1 + x
        except TypeError: pass


def bench_stop_iteration(rounds):
    x = iter([])
    for _ in range(rounds):
        next(x, None)
        next(x, None)
        next(x, None)
        next(x, None)
        next(x, None)
        next(x, None)
        next(x, None)
        next(x, None)
        next(x, None)
        next(x, None)


def bench_second_handler(rounds):
    for _ in range(rounds):
        try: raise KeyError
        except ValueError: pass
        except KeyError: pass
        try: raise KeyError
        except ValueError: pass
        except KeyError: pass
        try: raise KeyError
        except ValueError: pass
        except KeyError: pass
        try: raise KeyError
        except ValueError: pass
        except KeyError: pass
        try: raise KeyError
        except ValueError: pass
        except KeyError: pass
        try: raise KeyError
        except ValueError: pass
        except KeyError: pass
        try: raise KeyError
        except ValueError: pass
        except KeyError: pass
        try: raise KeyError
        except ValueError: pass
        except KeyError: pass
        try: raise KeyError
        except ValueError: pass
        except KeyError: pass
        try: raise KeyError
        except ValueError: pass
        except KeyError: pass


def bench_raise_from(rounds):
    for _ in range(rounds):
        try:
            try: raise KeyError
            except KeyError as e: raise ValueError from e
        except ValueError: pass
        try:
            try: raise KeyError
            except KeyError as e: raise ValueError from e
        except ValueError: pass
        try:
            try: raise KeyError
            except KeyError as e: raise ValueError from e
        except ValueError: pass
        try:
            try: raise KeyError
            except KeyError as e: raise ValueError from e
        except ValueError: pass
        try:
            try: raise KeyError
            except KeyError as e: raise ValueError from e
        except ValueError: pass
        try:
            try: raise KeyError
            except KeyError as e: raise ValueError from e
        except ValueError: pass
        try:
            try: raise KeyError
            except KeyError as e: raise ValueError from e
        except ValueError: pass
        try:
            try: raise KeyError
            except KeyError as e: raise ValueError from e
        except ValueError: pass
        try:
            try: raise KeyError
            except KeyError as e: raise ValueError from e
        except ValueError: pass
        try:
            try: raise KeyError
            except KeyError as e: raise ValueError from e
        except ValueError: pass


def bench_with_class(rounds):
    m = Manager()
    for _ in range(rounds):
        with m: pass
        with m: pass
        with m: pass
        with m: pass
        with m: pass
        with m: pass
        with m: pass
        with m: pass
        with m: pass
        with m: pass


def bench_with_lock(rounds):
    import threading
    m = threading.Lock()
    for _ in range(rounds):
        with m: pass
        with m: pass
        with m: pass
        with m: pass
        with m: pass
        with m: pass
        with m: pass
        with m: pass
        with m: pass
        with m: pass


def bench_with_contextmanager(rounds):
    import contextlib
    @contextlib.contextmanager
    def m(): yield
    for _ in range(rounds):
        with m(): pass
        with m(): pass
        with m(): pass
        with m(): pass
        with m(): pass
        with m(): pass
        with m(): pass
        with m(): pass
        with m(): pass
        with m(): pass


def bench_suppress(rounds):
    from contextlib import suppress as s
    for _ in range(rounds):
        with s(KeyError): pass
        with s(KeyError): pass
        with s(KeyError): pass
        with s(KeyError): pass
        with s(KeyError): pass
        with s(KeyError): pass
        with s(KeyError): pass
        with s(KeyError): pass
        with s(KeyError): pass
        with s(KeyError): pass


def bench_except_star(rounds):
    for _ in range(rounds):
        try: raise ValueError
        except* ValueError: pass
        try: raise ValueError
        except* ValueError: pass
        try: raise ValueError
        except* ValueError: pass
        try: raise ValueError
        except* ValueError: pass
        try: raise ValueError
        except* ValueError: pass
        try: raise ValueError
        except* ValueError: pass
        try: raise ValueError
        except* ValueError: pass
        try: raise ValueError
        except* ValueError: pass
        try: raise ValueError
        except* ValueError: pass
        try: raise ValueError
        except* ValueError: pass
