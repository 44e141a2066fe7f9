//! The module `marshal`: objects to bytes and back, in the format of `.pyc` files.

use crate::buffer::{self, BytesLike};
use crate::protocols::{call, number};
use crate::types::bytes::{self, Bytes};
use crate::types::code::{self, BuildError, Code};
use crate::types::dict::{self, Dict};
use crate::types::list::{self, List};
use crate::types::set::{self, FrozenSet, Set, any_set};
use crate::types::slice::{self, Slice};
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::{self, Tuple};
use crate::types::{complex, exceptions as exc, float, int};
use crate::{Module, Obj, ObjExt, Py, PyResult, Raised, Thread};
use ::bytecode::CodeData;
use ::bytecode::marshal::{
    Begun, Builder, CodeParts, Flag, MAX_STACK_DEPTH, ReadError, SliceSource, Source, VERSION, WriteError, Writer, dump_code,
    load,
};
use dashu_int::IBig;

const DOC: &str = "This module contains functions that can read and write Python values in
a binary format. The format is specific to Python, but independent of
machine architecture issues.

Not all Python object types are supported; in general, only objects
whose value is independent from a particular invocation of Python can be
written and read by this module. The following types are supported:
None, integers, floating-point numbers, strings, bytes, bytearrays,
tuples, lists, sets, dictionaries, and code objects, where it
should be understood that tuples, lists and dictionaries are only
supported as long as the values contained therein are themselves
supported; and recursive lists and dictionaries should not be written
(they will cause infinite loops).

Variables:

version -- indicates the format that the module uses. Version 0 is the
    historical format, version 1 shares interned strings and version 2
    uses a binary format for floating-point numbers.
    Version 3 shares common object references (New in version 3.4).

Functions:

dump() -- write value to a file
load() -- read value from a file
dumps() -- marshal value as a bytes object
loads() -- read value from a bytes-like object";

/// The module `marshal`.
#[macros::pymodule(name = "marshal", doc = DOC, exec = fill)]
pub struct Marshal;

fn fill(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add("version", Obj::small_int(VERSION));
    Ok(())
}

#[macros::pymethods]
impl Marshal {
    #[pyfunction(sig = "($module, value, file, version=version, /, *, allow_code=True)")]
    fn dump(th: &Thread, value: &Obj, file: &Obj, version: Option<i32>, allow_code: Option<bool>) -> PyResult<Obj> {
        audit_dumps(th, value, version)?;
        let written = to_bytes(th, value, version.unwrap_or(VERSION), allow_code.unwrap_or(true))?;
        call::call_method(th, file, "write", &[bytes::new(&written).into_obj()])
    }

    #[pyfunction(sig = "($module, file, /, *, allow_code=True)")]
    fn load(th: &Thread, file: &Obj, allow_code: Option<bool>) -> PyResult<Obj> {
        let probe = call::call_method(th, file, "read", &[Obj::small_int(0)])?;
        if probe.downcast::<Bytes>().is_none() {
            return Err(th.type_error(format!("file.read() returned not bytes but {}", probe.ty().name())));
        }
        crate::audit::audit(th, "marshal.load", &[])?;
        let mut source = FileSource { th, file, buffer: Vec::new() };
        load(&mut source, &mut Objects { th }, allow_code.unwrap_or(true)).map_err(|e| e.raise(th))
    }

    #[pyfunction(sig = "($module, value, version=version, /, *, allow_code=True)")]
    fn dumps(th: &Thread, value: &Obj, version: Option<i32>, allow_code: Option<bool>) -> PyResult<Py<Bytes>> {
        audit_dumps(th, value, version)?;
        Ok(bytes::new(&to_bytes(th, value, version.unwrap_or(VERSION), allow_code.unwrap_or(true))?))
    }

    #[pyfunction(sig = "($module, bytes, /, *, allow_code=True)")]
    fn loads(th: &Thread, bytes: &Obj, allow_code: Option<bool>) -> PyResult<Obj> {
        let bytes = BytesLike::new(th, bytes)?;
        crate::audit::audit_with(th, "marshal.loads", || vec![bytes::new(bytes.as_slice()).into_obj()])?;
        let allow_code = allow_code.unwrap_or(true);
        if allow_code && let Some(packed) = crate::import::packed_code(th, bytes.as_slice()) {
            return packed;
        }
        from_bytes(th, bytes.as_slice(), allow_code)
    }
}

fn audit_dumps(th: &Thread, value: &Obj, version: Option<i32>) -> PyResult<()> {
    crate::audit::audit_with(th, "marshal.dumps", || vec![value.clone(), int::from_i64(version.unwrap_or(VERSION).into())])
}

/// Reads one object from the start of some bytes.
pub fn from_bytes(th: &Thread, bytes: &[u8], allow_code: bool) -> PyResult<Obj> {
    load(&mut SliceSource::new(bytes), &mut Objects { th }, allow_code).map_err(|e| e.raise(th))
}

/// Reads one object from the start of some bytes, and says where it ends.
pub fn first_of(th: &Thread, bytes: &[u8]) -> PyResult<(Obj, usize)> {
    let mut source = SliceSource::new(bytes);
    let object = load(&mut source, &mut Objects { th }, true).map_err(|e| e.raise(th))?;
    Ok((object, bytes.len() - source.rest().len()))
}

/// The bytes of an object.
pub fn to_bytes(th: &Thread, value: &Obj, version: i32, allow_code: bool) -> PyResult<Vec<u8>> {
    // A code object is written as the compiler sees it, so that the same source gives the same bytes.
    if version >= VERSION
        && allow_code
        && let Some(code) = value.downcast_exact::<Code>()
        && let Some(data) = code::to_data(code)
    {
        return dump_code(&data).map_err(|e| th.value_error(e.text()));
    }
    let mut dumper = Dumper { th, writer: Writer::new(version), allow_code, kept: Vec::new(), open: Vec::new() };
    match dumper.object(value, 1, 1) {
        Ok(()) => Ok(dumper.writer.finish()),
        Err(DumpError::Raised(raised)) => Err(raised),
        Err(DumpError::Write(e)) => Err(th.value_error(e.text())),
    }
}

enum DumpError {
    Raised(Raised),
    Write(WriteError),
}

impl From<Raised> for DumpError {
    fn from(raised: Raised) -> Self {
        DumpError::Raised(raised)
    }
}

impl From<WriteError> for DumpError {
    fn from(e: WriteError) -> Self {
        DumpError::Write(e)
    }
}

struct Dumper<'t> {
    th: &'t Thread,
    writer: Writer,
    allow_code: bool,
    /// Objects made on the way, which must outlive the writer's memory of them.
    kept: Vec<Obj>,
    /// Slices and code objects that are being written: none can be read that contains itself.
    open: Vec<u64>,
}

/// What tells an object from others; `None` when nobody but the container (and we, `held` times) refers to it.
fn identity(o: &Obj, held: u32) -> Option<usize> {
    match o.header() {
        None => Some(o.id() as usize),
        Some(h) => {
            let shared = h.is_immortal() || h.refcnt() > held || o.downcast_exact::<Str>().is_some_and(|s| s.is_interned());
            if shared { Some(o.id() as usize) } else { None }
        }
    }
}

impl Dumper<'_> {
    /// Writes an object of which `held` references are known not to be shared ones.
    fn object(&mut self, o: &Obj, depth: usize, held: u32) -> Result<(), DumpError> {
        if depth > MAX_STACK_DEPTH {
            return Err(WriteError::TooDeep.into());
        }
        if o.is_none() {
            self.writer.none();
        } else if o.is_true() || o.is_false() {
            self.writer.bool(o.is_true());
        } else if o.is(&crate::ellipsis()) {
            self.writer.ellipsis();
        } else if o.is(&exc::STOP_ITERATION.to_obj()) {
            self.writer.stop_iteration();
        } else if self.open.contains(&o.id()) {
            return Err(WriteError::Unmarshallable.into());
        } else if let Begun::New(flag) = self.writer.begin(identity(o, held)) {
            let whole = o.downcast_exact::<Slice>().is_some() || o.downcast_exact::<Code>().is_some();
            if whole {
                self.open.push(o.id());
            }
            self.contents(o, flag, depth)?;
            if whole {
                self.open.pop();
            }
        }
        Ok(())
    }

    fn all(&mut self, items: &[Obj], depth: usize, held: u32) -> Result<(), DumpError> {
        items.iter().try_for_each(|item| self.object(item, depth + 1, held))
    }

    fn contents(&mut self, o: &Obj, flag: Flag, depth: usize) -> Result<(), DumpError> {
        let ty = o.ty();
        let exact = |t: &crate::TypeObject| std::ptr::eq(ty, t);
        if exact(int::INT_TYPE) {
            match (int::to_i64(o), int::as_big(o)) {
                (Some(i), _) => self.writer.int(flag, i),
                (None, Some(big)) => self.writer.big_int(flag, &big),
                (None, None) => return Err(WriteError::Unmarshallable.into()),
            }
        } else if exact(float::FLOAT_TYPE) {
            self.writer.float(flag, float::value_of(o).unwrap_or_default());
        } else if let Some(s) = o.downcast_exact::<Str>() {
            self.writer.text(flag, &s.to_wtf8(), s.is_interned())?;
        } else if let Some(b) = o.downcast_exact::<Bytes>() {
            self.writer.bytes(flag, b.as_slice())?;
        } else if let Some(t) = o.downcast_exact::<Tuple>() {
            self.writer.tuple(flag, t.len())?;
            self.all(t.items(), depth, 1)?;
        } else if let Some(l) = o.downcast_exact::<List>() {
            let items = l.to_vec();
            self.writer.list(flag, items.len())?;
            self.all(&items, depth, 2)?;
        } else if let Some(d) = o.downcast_exact::<Dict>() {
            self.writer.dict(flag);
            for (key, value) in d.items_vec() {
                self.object(&key, depth + 1, 2)?;
                self.object(&value, depth + 1, 2)?;
            }
            self.writer.null();
        } else if let Some(s) = o.downcast_exact::<Slice>() {
            self.writer.slice(flag)?;
            for part in [&s.start, &s.stop, &s.step] {
                self.object(part, depth + 1, 1)?;
            }
        } else if let Some(c) = o.downcast_exact::<Code>() {
            self.code(c, flag, depth)?;
        } else if o.downcast_exact::<Set>().is_some() || o.downcast_exact::<FrozenSet>().is_some() {
            self.set(o, flag, depth)?;
        } else if let Some((real, imag)) = complex::value_of(o).filter(|_| exact(<complex::Complex as crate::PyClass>::TYPE)) {
            self.writer.complex(flag, real, imag);
        } else if buffer::is_exporter(o) {
            let content = BytesLike::new(self.th, o)?;
            self.writer.bytes(flag, content.as_slice())?;
        } else {
            return Err(WriteError::Unmarshallable.into());
        }
        Ok(())
    }

    /// Items stand in the order of their own bytes, so that equal sets give equal bytes.
    fn set(&mut self, o: &Obj, flag: Flag, depth: usize) -> Result<(), DumpError> {
        let items = any_set(o).map(|s| s.keys_vec()).unwrap_or_default();
        self.writer.set(flag, o.downcast_exact::<FrozenSet>().is_some(), items.len())?;
        let mut sorted = Vec::with_capacity(items.len());
        for item in items {
            let mut alone = Dumper {
                th: self.th,
                writer: Writer::new(self.writer.version()),
                allow_code: self.allow_code,
                kept: Vec::new(),
                open: Vec::new(),
            };
            alone.object(&item, depth + 1, 2)?;
            sorted.push((alone.writer.finish(), item));
        }
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        for (_, item) in &sorted {
            self.object(item, depth + 1, 2)?;
        }
        Ok(())
    }

    fn code(&mut self, c: &Py<Code>, flag: Flag, depth: usize) -> Result<(), DumpError> {
        if !self.allow_code {
            return Err(WriteError::CodeDisallowed.into());
        }
        let d = c.data();
        self.writer.code(flag);
        for field in [d.argcount, d.posonlyargcount, d.kwonlyargcount, d.stacksize, d.flags] {
            self.writer.long(field as i32);
        }
        let names = |names: &[Py<Str>]| tuple::from_vec(names.iter().map(|n| n.as_obj().clone()).collect()).into_obj();
        let bytes = |b: &[u8]| bytes::new(b).into_obj();
        let made = [
            bytes(&d.code),
            tuple::from_slice(c.consts()).into_obj(),
            names(c.names()),
            names(c.localsplus_names()),
            bytes(&d.localspluskinds),
            c.filename().as_obj().clone(),
            c.name.as_obj().clone(),
            c.qualname.as_obj().clone(),
            bytes(&d.linetable),
            bytes(&d.exceptiontable),
        ];
        for (i, part) in made.iter().enumerate() {
            if i == 8 {
                self.writer.long(d.firstlineno);
            }
            self.object(part, depth + 1, 1)?;
        }
        self.kept.extend(made);
        Ok(())
    }
}

/// What may go wrong while reading.
enum LoadError {
    Raised(Raised),
    Read(ReadError),
}

impl LoadError {
    fn raise(self, th: &Thread) -> Raised {
        match self {
            LoadError::Raised(raised) => raised,
            LoadError::Read(ReadError::Eof(text)) => th.eof_error(text),
            LoadError::Read(ReadError::Value(text)) => th.value_error(text),
            LoadError::Read(ReadError::Type(text)) => th.type_error(text),
        }
    }
}

impl From<ReadError> for LoadError {
    fn from(e: ReadError) -> Self {
        LoadError::Read(e)
    }
}

impl From<Raised> for LoadError {
    fn from(raised: Raised) -> Self {
        LoadError::Raised(raised)
    }
}

/// Bytes that a file's `readinto` gives.
struct FileSource<'a> {
    th: &'a Thread,
    file: &'a Obj,
    buffer: Vec<u8>,
}

impl Source for FileSource<'_> {
    type Error = LoadError;

    fn read(&mut self, size: usize) -> Result<Option<&[u8]>, LoadError> {
        if size == 0 {
            return Ok(Some(&[]));
        }
        let th = self.th;
        let array_type = crate::builtins::visible(th, "bytearray")?;
        let array = call::call(th, &array_type, &[int::from_u64(size as u64)])?;
        let view_type = crate::builtins::visible(th, "memoryview")?;
        let view = call::call(th, &view_type, std::slice::from_ref(&array))?;
        let read = call::call_method(th, self.file, "readinto", std::slice::from_ref(&view))?;
        let read = if read.is_none() { 0 } else { number::index_i64(th, &read)? };
        if read > size as i64 {
            let text = format!("read() returned too much data: {size} bytes requested, {read} returned");
            return Err(ReadError::Value(text.into()).into());
        }
        if read < size as i64 {
            return Err(ReadError::Eof("EOF read where not expected").into());
        }
        self.buffer = BytesLike::new(th, &array)?.as_slice().to_vec();
        Ok(Some(&self.buffer))
    }
}

/// Makes Python objects of what is read.
struct Objects<'t> {
    th: &'t Thread,
}

type Made = Result<Obj, LoadError>;

fn maybe_interned(s: Py<Str>, interned: bool) -> Obj {
    if interned { pystr::intern_obj(&s).into_obj() } else { s.into_obj() }
}

impl Builder for Objects<'_> {
    type Value = Obj;
    type Error = LoadError;

    fn none(&mut self) -> Obj {
        crate::none()
    }

    fn bool(&mut self, value: bool) -> Obj {
        crate::bool_obj(value)
    }

    fn ellipsis(&mut self) -> Obj {
        crate::ellipsis()
    }

    fn stop_iteration(&mut self) -> Made {
        Ok(exc::STOP_ITERATION.to_obj())
    }

    fn int(&mut self, value: i64) -> Made {
        Ok(int::from_i64(value))
    }

    fn big_int(&mut self, value: IBig) -> Made {
        Ok(int::from_big(value))
    }

    fn float(&mut self, value: f64) -> Made {
        Ok(float::new(value))
    }

    fn complex(&mut self, real: f64, imag: f64) -> Made {
        Ok(complex::new(self.th, real, imag))
    }

    fn bytes(&mut self, value: &[u8]) -> Made {
        Ok(bytes::new(value).into_obj())
    }

    fn text(&mut self, utf8: &[u8], interned: bool) -> Made {
        let s = match std::str::from_utf8(utf8) {
            Ok(text) => pystr::new(text),
            Err(_) => crate::codecs::decode(self.th, utf8, Some("utf-8"), Some("surrogatepass"))?,
        };
        Ok(maybe_interned(s, interned))
    }

    fn latin1(&mut self, characters: &[u8], interned: bool) -> Made {
        if let Ok(text) = std::str::from_utf8(characters)
            && text.is_ascii()
        {
            return Ok(if interned { pystr::intern(text).into_obj() } else { pystr::new(text).into_obj() });
        }
        let text: String = characters.iter().map(|b| char::from(*b)).collect();
        Ok(maybe_interned(pystr::new(&text), interned))
    }

    fn tuple(&mut self, items: Vec<Obj>) -> Made {
        Ok(tuple::from_vec(items).into_obj())
    }

    fn unfinished_tuple(&mut self, size: usize) -> Option<Obj> {
        tuple::unfinished(size).map(Py::into_obj)
    }

    fn finish_tuple(&mut self, tuple: &Obj, items: Vec<Obj>) {
        if let Some(tuple) = tuple.downcast_exact::<Tuple>() {
            tuple::complete(self.th, tuple, items);
        }
    }

    fn frozenset(&mut self, items: Vec<Obj>) -> Made {
        Ok(set::frozen_from(self.th, &items)?.into_obj())
    }

    fn slice(&mut self, [start, stop, step]: [Obj; 3]) -> Made {
        Ok(slice::new(self.th, start, stop, step).into_obj())
    }

    fn list(&mut self) -> Made {
        Ok(list::from_vec(self.th, Vec::new()).into_obj())
    }

    fn list_append(&mut self, list: &Obj, item: Obj) -> Result<(), LoadError> {
        if let Some(l) = list.downcast::<List>() {
            l.push(item);
        }
        Ok(())
    }

    fn set(&mut self) -> Made {
        Ok(set::new(self.th).into_obj())
    }

    fn set_add(&mut self, set: &Obj, item: Obj) -> Result<(), LoadError> {
        if let Some(s) = any_set(set) {
            s.add(self.th, &item)?;
        }
        Ok(())
    }

    fn dict(&mut self) -> Made {
        Ok(dict::new().into_obj())
    }

    fn dict_insert(&mut self, dict: &Obj, key: Obj, value: Obj) -> Result<(), LoadError> {
        if let Some(d) = dict.downcast::<Dict>() {
            d.set_item(self.th, &key, value)?;
        }
        Ok(())
    }

    fn code(&mut self, p: CodeParts<Obj>) -> Made {
        let th = self.th;
        let bad = || LoadError::Raised(BuildError::BadArgument.raise(th));
        let name = |o: &Obj| o.downcast::<Str>().map(pystr::intern_obj).ok_or_else(bad);
        let bytes = |o: &Obj| -> Result<::bytecode::Blob, LoadError> {
            o.downcast::<Bytes>().map(|b| b.as_slice().to_vec().into()).ok_or_else(bad)
        };
        let names = |o: &Obj| -> Result<Box<[Py<Str>]>, LoadError> {
            o.downcast::<Tuple>().ok_or_else(bad)?.items().iter().map(name).collect()
        };
        let consts = p.consts.downcast::<Tuple>().ok_or_else(bad)?.clone();
        let data = CodeData {
            argcount: p.argcount as u32,
            posonlyargcount: p.posonlyargcount as u32,
            kwonlyargcount: p.kwonlyargcount as u32,
            stacksize: p.stacksize as u32,
            flags: p.flags as u32,
            firstlineno: p.firstlineno,
            filename: Default::default(),
            name: Default::default(),
            qualname: Default::default(),
            code: bytes(&p.code)?,
            consts: Vec::new(),
            names: Vec::new(),
            localsplusnames: Vec::new(),
            localspluskinds: bytes(&p.localspluskinds)?,
            linetable: bytes(&p.linetable)?,
            exceptiontable: bytes(&p.exceptiontable)?,
        };
        let names = code::Names {
            filename: name(&p.filename)?,
            name: name(&p.name)?,
            qualname: name(&p.qualname)?,
            names: names(&p.names)?,
            localsplus: names(&p.localsplusnames)?,
        };
        Ok(code::from_parts(th, data, names, consts)?.into_obj())
    }
}
