"""Profiling with the native profiler `_lsprof`; compatible with `profile`."""

__all__ = ["run", "runctx", "Profile"]

import _lsprof
import profile as _pyprofile


def run(statement, filename=None, sort=-1):
    return _pyprofile._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    return _pyprofile._Utils(Profile).runctx(statement, globals, locals, filename, sort)


run.__doc__ = _pyprofile.run.__doc__
runctx.__doc__ = _pyprofile.runctx.__doc__


class Profile(_lsprof.Profiler):
    """Profile(timer=None, timeunit=None, subcalls=True, builtins=True)

    A profiler; `timer` is a function that returns seconds, or integers that
    `timeunit` (a float, in seconds) scales. Without one a fast clock is used.
    """

    def print_stats(self, sort=-1):
        import pstats
        keys = sort if isinstance(sort, tuple) else (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*keys).print_stats()

    def dump_stats(self, file):
        import marshal
        with open(file, 'wb') as out:
            self.create_stats()
            marshal.dump(self.stats, out)

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        entries = self.getstats()
        self.stats = {}
        callers_of = {}
        for entry in entries:
            callers = callers_of[id(entry.code)] = {}
            self.stats[label(entry.code)] = (entry.callcount - entry.reccallcount, entry.callcount,
                                             entry.inlinetime, entry.totaltime, callers)
        for entry in entries:
            caller = label(entry.code)
            for callee in entry.calls or ():
                callers = callers_of.get(id(callee.code))
                if callers is None:
                    continue
                counts = (callee.callcount, callee.callcount - callee.reccallcount,
                          callee.inlinetime, callee.totaltime)
                # Several native functions may go by one name.
                before = callers.get(caller, (0, 0, 0, 0))
                callers[caller] = tuple(a + b for a, b in zip(counts, before))

    def run(self, cmd):
        import __main__
        namespace = __main__.__dict__
        return self.runctx(cmd, namespace, namespace)

    def runctx(self, cmd, globals, locals):
        # Not `with self`: leaving that would be counted as a call.
        self.enable()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, func, /, *args, **kw):
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()


def label(code):
    """The key of a function in the statistics: file, line, name."""
    if isinstance(code, str):
        # A native function; '~' sorts behind all files.
        return ('~', 0, code)
    return (code.co_filename, code.co_firstlineno, code.co_name)


def _parser():
    from optparse import OptionParser
    import pstats
    usage = "cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ..."
    parser = OptionParser(usage=usage)
    parser.allow_interspersed_args = False
    parser.add_option('-o', '--outfile', dest="outfile", default=None, help="Save stats to <outfile>")
    parser.add_option('-s', '--sort', dest="sort", type="choice",
                      default=2,
                      choices=sorted(pstats.Stats.sort_arg_dict_default),
                      help="Sort order when printing to stdout, based on pstats.Stats class")
    parser.add_option('-m', dest="module", action="store_true", default=False, help="Profile a library module")
    return parser


def _script_namespace(path):
    """The code of a script and the globals that it runs with."""
    import importlib.machinery
    import importlib.util
    import io
    import os
    import sys
    sys.path.insert(0, os.path.dirname(path))
    with io.open_code(path) as source:
        code = compile(source.read(), path, 'exec')
    spec = importlib.machinery.ModuleSpec(name='__main__', loader=None, origin=path)
    module = importlib.util.module_from_spec(spec)
    # Programs may import __main__, which is the script, not this module.
    sys.modules['__main__'] = module
    namespace = module.__dict__
    namespace.update({'__spec__': spec, '__file__': spec.origin, '__name__': spec.name,
                      '__package__': None, '__cached__': None})
    return code, namespace


def main():
    import os
    import runpy
    import sys
    parser = _parser()
    if not sys.argv[1:]:
        parser.print_usage()
        sys.exit(2)
    options, args = parser.parse_args()
    sys.argv[:] = args
    # The program may change the working directory.
    if options.outfile is not None:
        options.outfile = os.path.abspath(options.outfile)
    if not args:
        parser.print_usage()
        return parser
    if options.module:
        code = "run_module(modname, run_name='__main__')"
        namespace = {'run_module': runpy.run_module, 'modname': args[0]}
    else:
        code, namespace = _script_namespace(args[0])
    try:
        runctx(code, namespace, None, options.outfile, options.sort)
    except BrokenPipeError as exc:
        # Nothing can be written at the end of the interpreter either.
        sys.stdout = None
        sys.exit(exc.errno)
    return parser


if __name__ == '__main__':
    main()
