//! The Python side of code objects: constructor, `replace()`, attributes.

use super::{Code, Shown, build, iterators};
use crate::args::ArgName;
use crate::protocols::number;
use crate::types::bytes::{self, Bytes};
use crate::types::int;
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::{self, Tuple};
use crate::{Kwargs, Obj, ObjExt, Py, PyResult, Thread, Type};
use bytecode::tables::fast;
use bytecode::{Blob, CodeData};

/// The parameters of the constructor that are numbers, with the places they have in it.
const COUNTS: [&str; 6] = ["argcount", "posonlyargcount", "kwonlyargcount", "nlocals", "stacksize", "flags"];

/// The other attributes that `replace()` takes.
const FIELDS: [&str; 12] = [
    "firstlineno",
    "code",
    "consts",
    "names",
    "varnames",
    "freevars",
    "cellvars",
    "filename",
    "name",
    "qualname",
    "linetable",
    "exceptiontable",
];

/// A C `int` argument.
fn int_argument(th: &Thread, arg: &Obj) -> PyResult<i32> {
    let index = number::index(th, arg)?;
    match int::to_i128(&index).and_then(|i| i32::try_from(i).ok()) {
        Some(i) => Ok(i),
        None => Err(th.overflow_error("Python int too large to convert to C int")),
    }
}

/// What `replace()` may change.
struct Fields {
    /// As in [`COUNTS`].
    counts: [i32; 6],
    firstlineno: i32,
    code: Blob,
    consts: Py<Tuple>,
    names: Vec<bytecode::Text>,
    varnames: Vec<bytecode::Text>,
    freevars: Vec<bytecode::Text>,
    cellvars: Vec<bytecode::Text>,
    filename: bytecode::Text,
    name: bytecode::Text,
    qualname: bytecode::Text,
    linetable: Blob,
    exceptiontable: Blob,
}

fn make(th: &Thread, f: Fields) -> PyResult<Py<Code>> {
    let [argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags] = f.counts;
    let nvarnames = f.varnames.len();
    let [argcount, posonlyargcount, kwonlyargcount, stacksize, flags] =
        [argcount, posonlyargcount, kwonlyargcount, stacksize, flags].map(|n| n as u32);
    let locals = build::locals(f.varnames, f.cellvars, f.freevars);
    let data = CodeData {
        argcount,
        posonlyargcount,
        kwonlyargcount,
        stacksize,
        flags,
        firstlineno: f.firstlineno,
        filename: f.filename,
        name: f.name,
        qualname: f.qualname,
        code: f.code,
        consts: Vec::new(),
        names: f.names,
        localsplusnames: locals.names,
        localspluskinds: locals.kinds.into(),
        linetable: f.linetable,
        exceptiontable: f.exceptiontable,
    };
    let filename = pystr::from_wtf8(&data.filename);
    let made = build::from_data(th, data, f.consts, filename)?;
    if nlocals as usize != nvarnames {
        return Err(th.value_error("code: co_nlocals != len(co_varnames)"));
    }
    Ok(made)
}

fn text_argument(th: &Thread, arg: &Obj, name: &ArgName) -> PyResult<bytecode::Text> {
    match arg.downcast::<Str>() {
        Some(s) => Ok(s.to_wtf8().into()),
        None => Err(name.bad(th, "str", arg)),
    }
}

fn bytes_argument(th: &Thread, arg: &Obj, name: &ArgName) -> PyResult<Blob> {
    match arg.downcast::<Bytes>() {
        Some(b) => Ok(b.as_slice().to_vec().into()),
        None => Err(name.bad(th, "bytes", arg)),
    }
}

fn tuple_argument(th: &Thread, arg: &Obj, name: &ArgName) -> PyResult<Py<Tuple>> {
    match arg.downcast::<Tuple>() {
        Some(t) => Ok(t.clone()),
        None => Err(name.bad(th, "tuple", arg)),
    }
}

/// The name of an argument by its place, for error texts of the constructor.
fn place(index: usize) -> ArgName {
    const PLACES: [&str; 18] = [
        "argument 1",
        "argument 2",
        "argument 3",
        "argument 4",
        "argument 5",
        "argument 6",
        "argument 7",
        "argument 8",
        "argument 9",
        "argument 10",
        "argument 11",
        "argument 12",
        "argument 13",
        "argument 14",
        "argument 15",
        "argument 16",
        "argument 17",
        "argument 18",
    ];
    ArgName { function: "code", argument: PLACES[index] }
}

fn variables(code: &Code, kind: u8) -> Vec<bytecode::Text> {
    let names = code.localsplus_names().iter().zip(&*code.data().localspluskinds);
    names.filter(|(_, k)| **k & kind != 0).map(|(n, _)| build::text(n)).collect()
}

/// An attribute that is made once.
fn once<T>(code: &Code, field: impl Fn(&mut Shown) -> &mut Option<Py<T>>, make: impl FnOnce() -> Py<T>) -> Py<T> {
    if let Some(known) = field(&mut code.body().shown.lock()) {
        return known.clone();
    }
    let made = make();
    field(&mut code.body().shown.lock()).get_or_insert(made).clone()
}

/// The names of a kind as a tuple of the interned strings.
fn variable_tuple(code: &Code, kind: u8) -> Py<Tuple> {
    let names = code.localsplus_names().iter().zip(&*code.data().localspluskinds);
    tuple::from_vec(names.filter(|(_, k)| **k & kind != 0).map(|(n, _)| n.as_obj().clone()).collect())
}

/// `co_lnotab`: pairs of offset and line deltas.
fn lnotab(code: &Code) -> Vec<u8> {
    let mut table = Vec::new();
    let (mut offset, mut line) = (0i64, i64::from(code.data().firstlineno));
    for entry in bytecode::location::lines(&code.data().linetable, code.data().firstlineno) {
        let Some(new) = entry.line.map(i64::from).filter(|new| *new != line) else { continue };
        let start = 2 * entry.start as i64;
        let (mut bytes, mut lines) = (start - offset, new - line);
        while bytes > 255 {
            table.extend([255, 0]);
            bytes -= 255;
        }
        while !(-128..=127).contains(&lines) {
            let step = lines.clamp(-128, 127);
            table.extend([bytes as u8, step as i8 as u8]);
            lines -= step;
            bytes = 0;
        }
        table.extend([bytes as u8, lines as i8 as u8]);
        (offset, line) = (start, new);
    }
    table
}

/// The copy with the named fields changed (`code.replace`).
fn replace(th: &Thread, slf: &Py<Code>, changes: Kwargs<'_>, function: &'static str) -> PyResult<Py<Code>> {
    let d = &slf.data();
    let mut f = Fields {
        counts: [d.argcount, d.posonlyargcount, d.kwonlyargcount, d.local_count() as u32, d.stacksize, d.flags].map(|n| n as i32),
        firstlineno: d.firstlineno,
        code: d.code.clone(),
        consts: slf.body().consts.clone(),
        names: build::texts(slf.names()),
        varnames: variables(slf, fast::LOCAL),
        freevars: variables(slf, fast::FREE),
        cellvars: variables(slf, fast::CELL),
        filename: build::text(&slf.filename()),
        name: build::text(&slf.name),
        qualname: build::text(&slf.qualname),
        linetable: d.linetable.clone(),
        exceptiontable: d.exceptiontable.clone(),
    };
    macro_rules! named {
        ($name:literal) => {
            &ArgName { function, argument: concat!("argument '", $name, "'") }
        };
    }
    for (key, value) in changes.iter() {
        let key = key.downcast::<Str>().map(|s| s.to_string_lossy()).unwrap_or_default();
        if let Some(i) = key.strip_prefix("co_").and_then(|k| COUNTS.iter().position(|c| *c == k)) {
            f.counts[i] = int_argument(th, value)?;
            continue;
        }
        match &*key {
            "co_firstlineno" => f.firstlineno = int_argument(th, value)?,
            "co_code" => f.code = bytes_argument(th, value, named!("co_code"))?,
            "co_consts" => f.consts = tuple_argument(th, value, named!("co_consts"))?,
            "co_names" => f.names = build::slot_names(th, &tuple_argument(th, value, named!("co_names"))?)?,
            "co_varnames" => f.varnames = build::slot_names(th, &tuple_argument(th, value, named!("co_varnames"))?)?,
            "co_freevars" => f.freevars = build::slot_names(th, &tuple_argument(th, value, named!("co_freevars"))?)?,
            "co_cellvars" => f.cellvars = build::slot_names(th, &tuple_argument(th, value, named!("co_cellvars"))?)?,
            "co_filename" => f.filename = text_argument(th, value, named!("co_filename"))?,
            "co_name" => f.name = text_argument(th, value, named!("co_name"))?,
            "co_qualname" => f.qualname = text_argument(th, value, named!("co_qualname"))?,
            "co_linetable" => f.linetable = bytes_argument(th, value, named!("co_linetable"))?,
            "co_exceptiontable" => f.exceptiontable = bytes_argument(th, value, named!("co_exceptiontable"))?,
            _ => {
                let fields = FIELDS.iter().copied().chain(COUNTS).map(|f| format!("co_{f}")).collect::<Vec<_>>();
                return Err(crate::args::unexpected_keyword(th, function, &pystr::new(&key), &fields));
            }
        }
    }
    for (name, count) in COUNTS.iter().copied().zip(f.counts).chain([("firstlineno", f.firstlineno)]) {
        if count < 0 {
            return Err(th.value_error(format!("co_{name} must be a positive integer")));
        }
    }
    make(th, f)
}

#[macros::pymethods]
impl Code {
    #[new(
        name = "code",
        sig = "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n     flags, codestring, constants, names, varnames, filename, name,\n     qualname, firstlineno, linetable, exceptiontable, freevars=(),\n     cellvars=(), /)"
    )]
    #[expect(clippy::too_many_arguments, reason = "CPython's constructor")]
    fn new(
        th: &Thread,
        _cls: &Py<Type>,
        argcount: &Obj,
        posonlyargcount: &Obj,
        kwonlyargcount: &Obj,
        nlocals: &Obj,
        stacksize: &Obj,
        flags: &Obj,
        codestring: &Obj,
        constants: &Obj,
        names: &Obj,
        varnames: &Obj,
        filename: &Obj,
        name: &Obj,
        qualname: &Obj,
        firstlineno: &Obj,
        linetable: &Obj,
        exceptiontable: &Obj,
        freevars: Option<&Obj>,
        cellvars: Option<&Obj>,
    ) -> PyResult<Py<Code>> {
        let mut counts = [0; 6];
        for (count, arg) in counts.iter_mut().zip([argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags]) {
            *count = int_argument(th, arg)?;
        }
        let code = bytes_argument(th, codestring, &place(6))?;
        let consts = tuple_argument(th, constants, &place(7))?;
        let names = tuple_argument(th, names, &place(8))?;
        let varnames = tuple_argument(th, varnames, &place(9))?;
        let filename = text_argument(th, filename, &place(10))?;
        let name = text_argument(th, name, &place(11))?;
        let qualname = text_argument(th, qualname, &place(12))?;
        let firstlineno = int_argument(th, firstlineno)?;
        let linetable = bytes_argument(th, linetable, &place(14))?;
        let exceptiontable = bytes_argument(th, exceptiontable, &place(15))?;
        let optional = |arg: Option<&Obj>, i| arg.map_or_else(|| Ok(tuple::empty()), |a| tuple_argument(th, a, &place(i)));
        let (freevars, cellvars) = (optional(freevars, 16)?, optional(cellvars, 17)?);
        for (name, count) in COUNTS.iter().zip(counts).take(4) {
            if count < 0 {
                return Err(th.value_error(format!("code: {name} must not be negative")));
            }
        }
        let fields = Fields {
            counts,
            firstlineno,
            code,
            consts,
            names: build::names(th, &names)?,
            varnames: build::names(th, &varnames)?,
            freevars: build::names(th, &freevars)?,
            cellvars: build::names(th, &cellvars)?,
            filename,
            name,
            qualname,
            linetable,
            exceptiontable,
        };
        make(th, fields)
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let mut b = text::Builder::with_capacity(64);
        b.push_str("<code object ");
        b.push_chars(slf.name.chars());
        b.push_str(&format!(" at {:#x}, file \"", slf.as_obj().id()));
        b.push_chars(slf.filename().chars());
        let line = if slf.data().firstlineno != 0 { slf.data().firstlineno } else { -1 };
        b.push_str(&format!("\", line {line}>"));
        Ok(pystr::from_buf(b.finish()).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Py<Self>) -> usize {
        size_of::<object::Object<Code>>() + 2 * slf.data().code.len() + 16 * slf.nlocalsplus()
    }

    #[pymethod(sig = "($self, /)")]
    fn co_lines(th: &Thread, slf: &Py<Self>) -> Obj {
        iterators::lines(th, bytecode::location::lines(&slf.data().linetable, slf.data().firstlineno))
    }

    #[pymethod(sig = "($self, /)")]
    fn co_branches(th: &Thread, slf: &Py<Self>) -> Obj {
        iterators::branches(th, &slf.data().code)
    }

    #[pymethod(sig = "($self, /)")]
    fn co_positions(th: &Thread, slf: &Py<Self>) -> Obj {
        iterators::positions(th, bytecode::location::positions(&slf.data().linetable, slf.data().firstlineno))
    }

    /// Return a copy of the code object with new values for the specified fields.
    #[pymethod(sig = "($self, /, **changes)")]
    fn replace(th: &Thread, slf: &Py<Self>, changes: Kwargs<'_>) -> PyResult<Py<Code>> {
        replace(th, slf, changes, "replace")
    }

    /// The same as replace().
    #[pymethod(sig = "($self, /, **changes)")]
    fn __replace__(th: &Thread, slf: &Py<Self>, changes: Kwargs<'_>) -> PyResult<Py<Code>> {
        replace(th, slf, changes, "__replace__")
    }

    /// (internal-only) Return the local variable name for the given oparg.
    ///
    /// WARNING: this method is for internal use only and may change or go
    /// away.
    #[pymethod(sig = "($self, /, oparg)")]
    fn _varname_from_oparg(th: &Thread, slf: &Py<Self>, oparg: &Obj) -> PyResult<Py<Str>> {
        let i = int_argument(th, oparg)?;
        match usize::try_from(i).ok().and_then(|i| slf.localsplus_names().get(i)) {
            Some(name) => Ok(name.clone()),
            None => Err(th.index_error("tuple index out of range")),
        }
    }
}

#[macros::pymethods(ATTRIBUTES)]
impl Code {
    #[getter]
    fn co_argcount(_: &Thread, slf: &Py<Code>) -> u32 {
        slf.data().argcount
    }

    #[getter]
    fn co_posonlyargcount(_: &Thread, slf: &Py<Code>) -> u32 {
        slf.data().posonlyargcount
    }

    #[getter]
    fn co_kwonlyargcount(_: &Thread, slf: &Py<Code>) -> u32 {
        slf.data().kwonlyargcount
    }

    #[getter]
    fn co_stacksize(_: &Thread, slf: &Py<Code>) -> u32 {
        slf.data().stacksize
    }

    #[getter]
    fn co_flags(_: &Thread, slf: &Py<Code>) -> u32 {
        slf.flags
    }

    #[getter]
    fn co_nlocals(_: &Thread, slf: &Py<Code>) -> usize {
        slf.data().local_count()
    }

    #[getter]
    fn co_consts(_: &Thread, slf: &Py<Code>) -> Py<Tuple> {
        slf.body().consts.clone()
    }

    #[getter]
    fn co_names(_: &Thread, slf: &Py<Code>) -> Py<Tuple> {
        once(slf, |s| &mut s.names, || tuple::from_vec(slf.names().iter().map(|n| n.as_obj().clone()).collect()))
    }

    #[getter]
    fn co_filename(_: &Thread, slf: &Py<Code>) -> Py<Str> {
        slf.filename()
    }

    #[getter]
    fn co_name(_: &Thread, slf: &Py<Code>) -> Py<Str> {
        slf.name.clone()
    }

    #[getter]
    fn co_qualname(_: &Thread, slf: &Py<Code>) -> Py<Str> {
        slf.qualname.clone()
    }

    #[getter]
    fn co_firstlineno(_: &Thread, slf: &Py<Code>) -> i32 {
        slf.data().firstlineno
    }

    #[getter]
    fn co_linetable(_: &Thread, slf: &Py<Code>) -> Py<Bytes> {
        once(slf, |s| &mut s.linetable, || bytes::new(&slf.data().linetable))
    }

    #[getter]
    fn co_exceptiontable(_: &Thread, slf: &Py<Code>) -> Py<Bytes> {
        once(slf, |s| &mut s.exceptiontable, || bytes::new(&slf.data().exceptiontable))
    }

    #[getter]
    fn co_lnotab(th: &Thread, slf: &Py<Code>) -> PyResult<Py<Bytes>> {
        crate::warnings::warn_deprecated(th, "co_lnotab is deprecated, use co_lines instead.")?;
        Ok(bytes::new(&lnotab(slf)))
    }

    #[getter]
    fn _co_code_adaptive(_: &Thread, slf: &Py<Code>) -> Py<Bytes> {
        let units = slf.data().code.len() / 2;
        bytes::new(&slf.running_units().take(units).flat_map(u16::to_le_bytes).collect::<Vec<u8>>())
    }

    #[getter]
    fn co_varnames(_: &Thread, slf: &Py<Code>) -> Py<Tuple> {
        once(slf, |s| &mut s.varnames, || variable_tuple(slf, fast::LOCAL))
    }

    #[getter]
    fn co_cellvars(_: &Thread, slf: &Py<Code>) -> Py<Tuple> {
        once(slf, |s| &mut s.cellvars, || variable_tuple(slf, fast::CELL))
    }

    #[getter]
    fn co_freevars(_: &Thread, slf: &Py<Code>) -> Py<Tuple> {
        once(slf, |s| &mut s.freevars, || variable_tuple(slf, fast::FREE))
    }

    #[getter]
    fn co_code(_: &Thread, slf: &Py<Code>) -> Py<Bytes> {
        once(slf, |s| &mut s.code, || bytes::new(&slf.data().code))
    }
}
