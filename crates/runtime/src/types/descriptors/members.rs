//! Which computed attributes of built-in types are members in CPython: their descriptors are of type `member_descriptor` there, which `inspect` and
//! `types.MemberDescriptorType` show.

use crate::native::TypeSpec;

/// The members of each type, by module and name, in order.
#[rustfmt::skip]
static MEMBERS: &[(&str, &[&str])] = &[
    ("_bz2.BZ2Decompressor", &["eof", "unused_data", "needs_input"]),
    ("_contextvars.ContextVar", &["name"]),
    ("_csv.Dialect", &["skipinitialspace", "doublequote", "strict"]),
    ("_csv.reader", &["dialect", "line_num"]),
    ("_csv.writer", &["dialect"]),
    ("_ctypes.CArgObject", &["_obj"]),
    ("_ctypes._CData", &["_b_base_", "_b_needsfree_", "_objects"]),
    ("_io.BufferedRandom", &["raw", "_finalizing"]),
    ("_io.BufferedReader", &["raw", "_finalizing"]),
    ("_io.BufferedWriter", &["raw", "_finalizing"]),
    ("_io.FileIO", &["_finalizing"]),
    ("_io.TextIOWrapper", &["encoding", "buffer", "line_buffering", "write_through", "_finalizing"]),
    ("_json.Encoder", &["markers", "default", "encoder", "indent", "key_separator", "item_separator", "sort_keys", "skipkeys"]),
    ("_json.Scanner", &["strict", "object_hook", "object_pairs_hook", "parse_float", "parse_int", "parse_constant"]),
    ("_lzma.LZMADecompressor", &["check", "eof", "needs_input", "unused_data"]),
    ("_multiprocessing.SemLock", &["handle", "kind", "maxvalue", "name"]),
    ("_pickle.Pickler", &["bin", "fast", "dispatch_table"]),
    ("_socket.socket", &["family", "type", "proto"]),
    ("_sre.SRE_Scanner", &["pattern"]),
    ("builtins.AttributeError", &["name", "obj"]),
    ("builtins.BaseException", &["__suppress_context__"]),
    ("builtins.BaseExceptionGroup", &["message", "exceptions"]),
    ("builtins.ImportError", &["msg", "name", "path", "name_from"]),
    ("builtins.NameError", &["name"]),
    ("builtins.OSError", &["errno", "strerror", "filename", "filename2"]),
    ("builtins.StopIteration", &["value"]),
    ("builtins.SyntaxError", &["msg", "filename", "lineno", "offset", "text", "end_lineno", "end_offset", "print_file_and_line", "_metadata"]),
    ("builtins.SystemExit", &["code"]),
    ("builtins.UnicodeDecodeError", &["encoding", "object", "start", "end", "reason"]),
    ("builtins.UnicodeEncodeError", &["encoding", "object", "start", "end", "reason"]),
    ("builtins.UnicodeTranslateError", &["encoding", "object", "start", "end", "reason"]),
    ("builtins.async_generator", &["ag_running"]),
    ("builtins.builtin_function_or_method", &["__module__"]),
    ("builtins.classmethod", &["__func__", "__wrapped__"]),
    ("builtins.classmethod_descriptor", &["__objclass__", "__name__"]),
    ("builtins.code", &["co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_stacksize", "co_flags", "co_nlocals", "co_consts", "co_names", "co_filename", "co_name", "co_qualname", "co_firstlineno", "co_linetable", "co_exceptiontable"]),
    ("builtins.complex", &["real", "imag"]),
    ("builtins.coroutine", &["cr_origin"]),
    ("builtins.frame", &["f_trace_lines"]),
    ("builtins.function", &["__closure__", "__globals__", "__builtins__"]),
    ("builtins.getset_descriptor", &["__objclass__", "__name__"]),
    ("builtins.instancemethod", &["__func__"]),
    ("builtins.member_descriptor", &["__objclass__", "__name__"]),
    ("builtins.method", &["__func__", "__self__"]),
    ("builtins.method-wrapper", &["__self__"]),
    ("builtins.method_descriptor", &["__objclass__", "__name__"]),
    ("builtins.module", &["__dict__"]),
    ("builtins.property", &["fget", "fset", "fdel", "__doc__"]),
    ("builtins.range", &["start", "stop", "step"]),
    ("builtins.slice", &["start", "stop", "step"]),
    ("builtins.staticmethod", &["__func__", "__wrapped__"]),
    ("builtins.super", &["__thisclass__", "__self__", "__self_class__"]),
    ("builtins.symtable entry", &["id", "name", "symbols", "varnames", "children", "nested", "type", "lineno"]),
    ("builtins.traceback", &["tb_frame", "tb_lasti"]),
    ("builtins.type", &["__basicsize__", "__itemsize__", "__flags__", "__weakrefoffset__", "__base__", "__dictoffset__"]),
    ("builtins.wrapper_descriptor", &["__objclass__", "__name__"]),
    ("collections._tuplegetter", &["__doc__"]),
    ("collections.defaultdict", &["default_factory"]),
    ("ctypes.CField", &["name", "type", "offset", "byte_offset", "byte_size", "bit_offset"]),
    ("datetime.timedelta", &["days", "seconds", "microseconds"]),
    ("functools.KeyWrapper", &["obj"]),
    ("functools.partial", &["func", "args", "keywords", "__vectorcalloffset__"]),
    ("operator.attrgetter", &["__vectorcalloffset__"]),
    ("operator.itemgetter", &["__vectorcalloffset__"]),
    ("operator.methodcaller", &["__vectorcalloffset__"]),
    ("posix.DirEntry", &["name", "path"]),
    ("pyexpat.xmlparser", &["intern"]),
    ("re.Match", &["string", "re", "pos", "endpos"]),
    ("re.Pattern", &["pattern", "flags", "groups"]),
    ("sqlite3.Connection", &["Warning", "Error", "InterfaceError", "DatabaseError", "DataError", "OperationalError", "IntegrityError", "InternalError", "ProgrammingError", "NotSupportedError"]),
    ("sqlite3.Cursor", &["connection", "description", "lastrowid", "rowcount"]),
    ("string.templatelib.Interpolation", &["value", "expression", "conversion", "format_spec"]),
    ("string.templatelib.Template", &["strings", "interpolations"]),
    ("types.GenericAlias", &["__origin__", "__args__", "__unpacked__"]),
    ("types.SimpleNamespace", &["__dict__"]),
    ("typing.ParamSpec", &["__name__", "__bound__", "__covariant__", "__contravariant__", "__infer_variance__"]),
    ("typing.ParamSpecArgs", &["__origin__"]),
    ("typing.ParamSpecKwargs", &["__origin__"]),
    ("typing.TypeAliasType", &["__name__"]),
    ("typing.TypeVar", &["__name__", "__covariant__", "__contravariant__", "__infer_variance__"]),
    ("typing.TypeVarTuple", &["__name__"]),
    ("typing.Union", &["__args__"]),
    ("unicodedata.UCD", &["unidata_version"]),
    ("weakref.ReferenceType", &["__callback__"]),
    ("xml.etree.ElementTree.XMLParser", &["entity", "target"]),
    ("zlib.Decompress", &["unused_data", "unconsumed_tail", "eof"]),
    ("zlib._ZlibDecompressor", &["eof", "unused_data", "needs_input"]),
    ("zoneinfo.ZoneInfo", &["key"]),
];

/// True when the attribute is a member in CPython.
pub(super) fn is_member(spec: &TypeSpec, name: &str) -> bool {
    // As `"MODULE.NAME"` compares, without making it.
    let (module, bare) = (spec.module.as_bytes(), spec.name.as_bytes());
    let compare = |key: &str| {
        let (front, rest) = key.as_bytes().split_at(key.len().min(module.len()));
        front.cmp(module).then_with(|| match rest.split_first() {
            Some((dot, rest)) => dot.cmp(&b'.').then_with(|| rest.cmp(bare)),
            None => std::cmp::Ordering::Less,
        })
    };
    match MEMBERS.binary_search_by(|(key, _)| compare(key)) {
        Ok(i) => MEMBERS[i].1.contains(&name),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn sorted() {
        assert!(super::MEMBERS.is_sorted_by_key(|(k, _)| *k));
    }
}
