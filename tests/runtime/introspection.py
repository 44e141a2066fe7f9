"""sys, inspect, types, dis-independent facts about frames, code and objects."""
import inspect, sys, types
def f(a, b=1, *c, d, **e):
    x = a; frame = sys._getframe()
    return frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, sorted(frame.f_locals), frame.f_back.f_code.co_name, frame.f_globals is globals(), frame.f_builtins["len"] is len
print(f(1, d=2), f.__code__.co_varnames, f.__code__.co_nlocals, f.__code__.co_names, bool(f.__code__.co_flags & inspect.CO_VARARGS), f.__code__.co_consts[0] if isinstance(f.__code__.co_consts[0], str) else f.__code__.co_consts, f.__code__.co_filename == __file__, f.__code__.co_qualname)
def caller(): return inspect.stack()[1].function, inspect.currentframe().f_back.f_code.co_name
print(caller(), inspect.getsource(caller).strip(), inspect.signature(f), [p.kind.name for p in inspect.signature(f).parameters.values()], inspect.signature(f).bind(1, 2, d=3).arguments, inspect.getfullargspec(f).kwonlyargs, inspect.getdoc(inspect.getdoc)[:20], inspect.getmodule(f).__name__, inspect.isfunction(f), inspect.ismethod("".join), inspect.isbuiltin(len), inspect.isclass(int), inspect.getmro(bool))
events = []
def tracer(frame, event, arg):
    if frame.f_code.co_name == "traced": events.append((event, frame.f_lineno - frame.f_code.co_firstlineno, arg if event != "exception" else arg[0].__name__))
    return tracer
def traced(n):
    for i in range(n):
        pass
    try:
        1 / 0
    except ZeroDivisionError:
        n = 5
    return n
sys.settrace(tracer); traced(2); sys.settrace(None); print(events)
calls = []; sys.setprofile(lambda fr, ev, arg: calls.append((ev, fr.f_code.co_name if ev[0] != "c" or ev == "call" else arg.__name__))); traced(0); len(""); sys.setprofile(None); print(calls)
mon = sys.monitoring; mon.use_tool_id(2, "test"); seen = []; mon.register_callback(2, mon.events.PY_START, lambda code, off: seen.append(("start", code.co_name))); mon.register_callback(2, mon.events.PY_RETURN, lambda code, off, val: seen.append(("return", val))); mon.set_events(2, mon.events.PY_START | mon.events.PY_RETURN); traced(0); mon.set_events(2, 0); mon.free_tool_id(2); print(seen)
print(sys.version_info[:2], sys.implementation.name, sys.implementation.cache_tag, sys.byteorder, sys.maxunicode, sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.flags.optimize, sys.platform, sys.hexversion >> 16 == 0x30e, sys.float_repr_style, sys.hash_info.width, sys.hash_info.algorithm, sys.thread_info.name, sys.api_version, sys.abiflags, sys.dont_write_bytecode, len(sys.argv), sys.intern("abc") is sys.intern("abc"), sys.getsizeof(1) > 0, sys.is_finalizing(), sys.getswitchinterval(), callable(sys.displayhook))
sys.displayhook(5); sys.displayhook(None); import builtins; print(builtins._); sys.audit("custom", 1); hooks = []; sys.addaudithook(lambda name, args: hooks.append(name) if name in ("compile", "exec", "open") else None); compile("1", "f", "eval"); eval("1"); open(__file__).close(); print(hooks)
code = compile("a = 1\nb = a + 2\ndef g(): return b\n", "<c>", "exec"); ns = {}; exec(code, ns); print(ns["g"](), code.co_names, [c.co_name for c in code.co_consts if isinstance(c, types.CodeType)], code.replace(co_name="new").co_name, list(code.co_lines())[:2] != [], code == compile("a = 1\nb = a + 2\ndef g(): return b\n", "<c>", "exec"), hash(code) == hash(code.replace()), [p[:2] for p in code.co_positions()][1:3])
fn = types.FunctionType(ns["g"].__code__, {"b": "other"}, "renamed"); print(fn(), fn.__name__, types.MethodType(lambda s: s, 5)(), types.new_class("N", (int,), {}, lambda d: d.update(x=1)).x, types.CellType(5).cell_contents, types.resolve_bases((int,)), types.prepare_class("P")[0], types.DynamicClassAttribute.__name__, types.GenericAlias(list, (int,)), int | None, list[int], type(list[int]).__name__, (int | str).__args__, dict[str, int].__origin__, isinstance(1, int | str), list[int]([1]), tuple[int, ...])
def annotated(a: int, b: "str" = "x") -> undefined: v: int = 1
import annotationlib; print(annotationlib.get_annotations(annotated, format=annotationlib.Format.STRING), annotationlib.get_annotations(annotated, format=annotationlib.Format.FORWARDREF)["return"].__class__.__name__)
try: annotated.__annotations__
except NameError as error: print(error)
class A:
    x: int; y: "later" = 2; z: list[A]
print(A.__annotations__, inspect.get_annotations(A, eval_str=False)["y"], __annotate__(1) if "__annotate__" in globals() and __annotate__ else None)
import ast, dis, io; print(ast.dump(ast.parse("x = a + 1; f(*b)"), indent=None), ast.unparse(ast.parse("if a:\n  b = [c for c in d if e]\nelse: pass")), ast.literal_eval("{'a': [1, -2.5, (None, True)]}")); out = io.StringIO(); dis.dis(lambda a, b: a + b * 2 if a else None, file=out); print(out.getvalue())
import symtable, token, tokenize; t = symtable.symtable("def f(a):\n global g\n b = a\n return lambda: b", "x", "exec"); t = [c for c in t.get_children() if c.get_name() == "f"][0]; print(t.get_name(), t.get_locals(), t.get_globals(), t.get_parameters(), [(t_.type, t_.string) for t_ in tokenize.generate_tokens(io.StringIO("x = f'{a!r}' # c\n").readline)])
