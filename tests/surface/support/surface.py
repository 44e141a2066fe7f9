"""What programs can see of native types and modules: one line for each attribute.

A line shows the path, the kind of object, `__text_signature__`, what `inspect.signature` makes of it, and a digest of the docstring.
"""
import hashlib
import inspect
import types

NATIVE = (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, types.GetSetDescriptorType,
          types.MemberDescriptorType, types.ClassMethodDescriptorType, staticmethod, classmethod, property)
STATIC_ATTRIBUTES = "__static_attributes__"


def signature(x):
    try:
        return str(inspect.signature(x))
    except (TypeError, ValueError) as e:
        return type(e).__name__


def digest(doc):
    return hashlib.md5(doc.encode()).hexdigest()[:8] if isinstance(doc, str) else doc


def describe(path, x, bound):
    text = type.__dict__["__text_signature__"].__get__(x) if isinstance(x, type) else getattr(x, "__text_signature__", None)
    shown = signature(bound) if callable(bound) else ""
    print(path, type(x).__name__, ascii(text), "" if text and shown in text.replace("$", "") else shown, digest(x.__doc__))


shown_types = set()


def show_type(ty):
    """A type and all its attributes, once; classes written in Python are left out."""
    if ty in shown_types or STATIC_ATTRIBUTES in ty.__dict__:
        return
    shown_types.add(ty)
    path = f"{ty.__module__}.{ty.__qualname__}"
    describe(path, ty, ty)
    print(" ", ty.__mro__, ty.__itemsize__, *sorted(set(dir(ty)) - set(dir(object)) - set(ty.__dict__)))
    for name, x in sorted(ty.__dict__.items()):
        if isinstance(x, NATIVE) or inspect.isroutine(x):
            describe(" ." + name, x, getattr(ty, name, None))
        else:
            print(" ." + name, x if isinstance(x, type) else type(x).__name__)


def show_module(name):
    """A module's functions and types."""
    module = __import__(name)
    print(name, digest(module.__doc__), *dir(module))
    for attribute, x in sorted(vars(module).items()):
        if isinstance(x, type):
            print(f"{name}.{attribute} =", x)
            show_type(x)
        elif isinstance(x, NATIVE):
            describe(f"{name}.{attribute}", x, x)
