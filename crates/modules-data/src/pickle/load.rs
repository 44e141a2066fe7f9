//! Reading objects: the machine that runs a pickle.

use super::HIGHEST_PROTOCOL;
use super::globals::pair_of_names;
use super::input::Input;
use super::memo::UnpicklerMemo;
use super::opcodes as op;
use super::unpickler::{Unpickler, find_class};
use super::{library, unpickling_error};
use runtime::protocols::{call, iterate, mapping};
use runtime::types::bytes::{self, ByteArray};
use runtime::types::dict::{self, Dict};
use runtime::types::exceptions::KEY_ERROR;
use runtime::types::list;
use runtime::types::str::{self as pystr, Str};
use runtime::types::{float, int, set, tuple};
use runtime::{Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread, bool_obj, codecs, none};

/// One run of an unpickler.
pub(super) struct Loader<'a> {
    pub(super) th: &'a Thread,
    pub(super) unpickler: &'a Py<Unpickler>,
    input: Input,
    pub(super) stack: Vec<Obj>,
    marks: Vec<usize>,
    pub(super) memo: UnpicklerMemo,
    pub(super) persistent_load: Option<Obj>,
    pub(super) find_class: Option<Obj>,
}

impl<'a> Loader<'a> {
    pub(super) fn new(th: &'a Thread, unpickler: &'a Py<Unpickler>, input: Input, memo: UnpicklerMemo) -> Loader<'a> {
        Loader {
            th,
            unpickler,
            input,
            stack: Vec::with_capacity(16),
            marks: Vec::new(),
            memo,
            persistent_load: None,
            find_class: None,
        }
    }

    /// Where the items since the last mark begin.
    #[inline]
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    #[cold]
    fn underflow(&self) -> Raised {
        let text = if self.marks.is_empty() { "unpickling stack underflow" } else { "unexpected MARK found" };
        unpickling_error(self.th, text)
    }

    #[cold]
    fn plain_underflow(&self) -> Raised {
        unpickling_error(self.th, "unpickling stack underflow")
    }

    #[inline]
    pub(super) fn pop(&mut self) -> PyResult<Obj> {
        if self.stack.len() > self.floor() {
            return self.stack.pop().ok_or_else(|| self.plain_underflow());
        }
        Err(self.underflow())
    }

    #[inline]
    pub(super) fn top(&self) -> PyResult<&Obj> {
        if self.stack.len() > self.floor() {
            return self.stack.last().ok_or_else(|| self.plain_underflow());
        }
        Err(self.underflow())
    }

    #[inline]
    fn push(&mut self, o: Obj) {
        self.stack.push(o);
    }

    fn pop_mark(&mut self) -> PyResult<usize> {
        self.marks.pop().ok_or_else(|| unpickling_error(self.th, "could not find MARK"))
    }

    /// The items since the last mark, which goes.
    pub(super) fn pop_items(&mut self) -> PyResult<Vec<Obj>> {
        let mark = self.pop_mark()?;
        Ok(self.stack.split_off(mark.min(self.stack.len())))
    }

    pub(super) fn run(&mut self) -> PyResult<Obj> {
        let th = self.th;
        loop {
            let code = self.input.opcode(th)?;
            match code {
                op::STOP => return self.pop(),
                op::NONE => self.push(none()),
                op::NEWTRUE => self.push(bool_obj(true)),
                op::NEWFALSE => self.push(bool_obj(false)),
                op::BININT1 => {
                    let [a] = self.input.array(th)?;
                    self.push(Obj::small_int(i32::from(a)));
                }
                op::BININT2 => {
                    let n = u16::from_le_bytes(self.input.array(th)?);
                    self.push(Obj::small_int(i32::from(n)));
                }
                op::BININT => {
                    let n = i32::from_le_bytes(self.input.array(th)?);
                    self.push(Obj::small_int(n));
                }
                op::BINFLOAT => {
                    let x = f64::from_be_bytes(self.input.array(th)?);
                    self.push(float::new(x));
                }
                op::SHORT_BINUNICODE => {
                    let [n] = self.input.array(th)?;
                    self.load_text(usize::from(n))?;
                }
                op::BINUNICODE => {
                    let n = u32::from_le_bytes(self.input.array(th)?);
                    self.load_text(n as usize)?;
                }
                op::BINUNICODE8 => {
                    let n = self.size("BINUNICODE")?;
                    self.load_text(n)?;
                }
                op::MEMOIZE => {
                    self.put(self.memo.len())?;
                }
                op::BINGET => {
                    let [i] = self.input.array(th)?;
                    self.get(usize::from(i))?;
                }
                op::LONG_BINGET => {
                    let i = u32::from_le_bytes(self.input.array(th)?);
                    self.get(i as usize)?;
                }
                op::BINPUT => {
                    let [i] = self.input.array(th)?;
                    self.put(usize::from(i))?;
                }
                op::LONG_BINPUT => {
                    let i = u32::from_le_bytes(self.input.array(th)?);
                    self.put(i as usize)?;
                }
                op::MARK => self.marks.push(self.stack.len()),
                op::EMPTY_LIST => self.push(list::from_vec(th, Vec::new()).into_obj()),
                op::EMPTY_DICT => self.push(dict::new().into_obj()),
                op::EMPTY_TUPLE => self.push(tuple::empty().into_obj()),
                op::EMPTY_SET => self.push(set::new(th).into_obj()),
                op::TUPLE1 => self.load_tuple(1)?,
                op::TUPLE2 => self.load_tuple(2)?,
                op::TUPLE3 => self.load_tuple(3)?,
                op::TUPLE => {
                    let items = self.pop_items()?;
                    self.push(tuple::from_vec(items).into_obj());
                }
                op::APPEND => {
                    let item = self.pop()?;
                    self.append(vec![item])?;
                }
                op::APPENDS => {
                    let items = self.pop_items()?;
                    self.append(items)?;
                }
                op::SETITEM => {
                    if self.stack.len() < self.floor() + 2 {
                        return Err(self.underflow());
                    }
                    self.set_items(self.stack.len() - 2)?;
                }
                op::SETITEMS => {
                    let mark = self.pop_mark()?.min(self.stack.len());
                    if !(self.stack.len() - mark).is_multiple_of(2) {
                        return Err(unpickling_error(th, "odd number of items for SETITEMS"));
                    }
                    self.set_items(mark)?;
                }
                op::GLOBAL => self.load_global()?,
                op::STACK_GLOBAL => self.load_stack_global()?,
                op::REDUCE => self.load_reduce()?,
                op::BUILD => self.load_build()?,
                op::NEWOBJ => self.load_new_object()?,
                op::NEWOBJ_EX => self.load_new_object_ex()?,
                _ => self.step_rare(code)?,
            }
        }
    }

    /// Opcodes of older protocols, and rare ones.
    #[inline(never)]
    fn step_rare(&mut self, code: u8) -> PyResult<()> {
        let th = self.th;
        match code {
            op::PROTO => {
                let [n] = self.input.array(th)?;
                if i64::from(n) > HIGHEST_PROTOCOL {
                    return Err(th.value_error(format!("unsupported pickle protocol: {n}")));
                }
                self.unpickler.protocol.set(n.into());
            }
            op::FRAME => {
                let n = self.size("FRAME length")?;
                self.input.frame(th, n)?;
            }
            op::POP => {
                // A mark without items is popped itself.
                if self.marks.last().is_some_and(|&m| m == self.stack.len()) {
                    self.marks.pop();
                } else {
                    self.pop()?;
                }
            }
            op::POP_MARK => drop(self.pop_items()?),
            op::DUP => {
                let o = self.top()?.clone();
                self.push(o);
            }
            op::INT => self.load_int()?,
            op::LONG => self.load_long()?,
            op::LONG1 => {
                let [n] = self.input.array(th)?;
                self.load_long_bytes(usize::from(n))?;
            }
            op::LONG4 => {
                let n = i32::from_le_bytes(self.input.array(th)?);
                let Ok(n) = usize::try_from(n) else {
                    return Err(unpickling_error(th, "LONG pickle has negative byte count"));
                };
                self.load_long_bytes(n)?;
            }
            op::FLOAT => self.load_float()?,
            op::STRING => self.load_string()?,
            op::BINSTRING => {
                let n = i32::from_le_bytes(self.input.array(th)?);
                let Ok(n) = usize::try_from(n) else {
                    return Err(unpickling_error(th, "BINSTRING pickle has negative byte count"));
                };
                let data = self.input.take_vec(th, n)?;
                self.push_string(&data)?;
            }
            op::SHORT_BINSTRING => {
                let [n] = self.input.array(th)?;
                let data = self.input.take_vec(th, usize::from(n))?;
                self.push_string(&data)?;
            }
            op::BINBYTES => {
                let n = u32::from_le_bytes(self.input.array(th)?);
                self.load_bytes(n as usize)?;
            }
            op::SHORT_BINBYTES => {
                let [n] = self.input.array(th)?;
                self.load_bytes(usize::from(n))?;
            }
            op::BINBYTES8 => {
                let n = self.size("BINBYTES")?;
                self.load_bytes(n)?;
            }
            op::BYTEARRAY8 => {
                let n = self.size("BYTEARRAY8")?;
                let data = self.input.take_vec(th, n)?;
                self.push(bytes::new_array(th, ByteArray::TYPE, data).into_obj());
            }
            op::NEXT_BUFFER => self.load_next_buffer()?,
            op::READONLY_BUFFER => self.load_readonly_buffer()?,
            op::UNICODE => {
                let line = self.input.line(th)?;
                let text = codecs::decode(th, &line[..line.len() - 1], Some("raw-unicode-escape"), None)?;
                self.push(text.into_obj());
            }
            op::LIST => {
                let items = self.pop_items()?;
                self.push(list::from_vec(th, items).into_obj());
            }
            op::DICT => {
                let items = self.pop_items()?;
                if !items.len().is_multiple_of(2) {
                    return Err(unpickling_error(th, "odd number of items for DICT"));
                }
                let d = dict::new();
                for pair in items.as_chunks::<2>().0 {
                    d.set_item(th, &pair[0], pair[1].clone())?;
                }
                self.push(d.into_obj());
            }
            op::ADDITEMS => {
                let items = self.pop_items()?;
                self.add_items(&items)?;
            }
            op::FROZENSET => {
                let items = self.pop_items()?;
                self.push(set::frozen_from(th, &items)?.into_obj());
            }
            op::GET => {
                let i = self.line_number()?;
                self.get(usize::try_from(i).unwrap_or(usize::MAX))?;
            }
            op::PUT => {
                self.top()?;
                match usize::try_from(self.line_number()?) {
                    Ok(i) => self.put(i)?,
                    Err(_) => return Err(th.value_error("negative PUT argument")),
                }
            }
            op::PERSID => {
                let line = self.input.line(th)?;
                let Ok(text) = std::str::from_utf8(&line[..line.len() - 1])
                    .map_err(|_| ())
                    .and_then(|s| s.is_ascii().then_some(s).ok_or(()))
                else {
                    return Err(unpickling_error(th, "persistent IDs in protocol 0 must be ASCII strings"));
                };
                let id = super::string(text);
                self.load_persistent(id)?;
            }
            op::BINPERSID => {
                let id = self.pop()?;
                self.load_persistent(id)?;
            }
            op::INST => self.load_instance()?,
            op::OBJ => self.load_object()?,
            op::EXT1 => {
                let [n] = self.input.array(th)?;
                self.load_extension(n.into())?;
            }
            op::EXT2 => {
                let n = u16::from_le_bytes(self.input.array(th)?);
                self.load_extension(n.into())?;
            }
            op::EXT4 => {
                let n = i32::from_le_bytes(self.input.array(th)?);
                self.load_extension(n.into())?;
            }
            _ => {
                let shown = if (0x20..0x7f).contains(&code) { format!("'{}'", code as char) } else { format!("'\\x{code:02x}'") };
                return Err(unpickling_error(th, format!("invalid load key, {shown}.")));
            }
        }
        Ok(())
    }

    /// A size of eight bytes.
    fn size(&mut self, what: &str) -> PyResult<usize> {
        let n = u64::from_le_bytes(self.input.array(self.th)?);
        match isize::try_from(n) {
            Ok(n) => Ok(n as usize),
            Err(_) => {
                let system = if what.starts_with("FRAME") { "maximum of" } else { "maximum size of" };
                Err(self.th.overflow_error(format!("{what} exceeds system's {system} {} bytes", isize::MAX)))
            }
        }
    }

    fn load_text(&mut self, n: usize) -> PyResult<()> {
        let th = self.th;
        let data = self.input.take(th, n)?;
        let text = if data.is_ascii() {
            pystr::from_chars(::text::Chars::Ascii(data))
        } else if let Ok(text) = std::str::from_utf8(data) {
            pystr::new(text)
        } else {
            let data = data.to_vec();
            codecs::decode(th, &data, Some("utf-8"), Some("surrogatepass"))?
        };
        self.push(text.into_obj());
        Ok(())
    }

    fn load_bytes(&mut self, n: usize) -> PyResult<()> {
        let data = self.input.take(self.th, n)?;
        let o = bytes::new(data).into_obj();
        self.push(o);
        Ok(())
    }

    fn load_tuple(&mut self, n: usize) -> PyResult<()> {
        if self.stack.len() < self.floor() + n {
            return Err(self.underflow());
        }
        let items = self.stack.split_off(self.stack.len() - n);
        self.push(tuple::from_vec(items).into_obj());
        Ok(())
    }

    fn get(&mut self, i: usize) -> PyResult<()> {
        match self.memo.get(i) {
            Some(o) => {
                self.push(o);
                Ok(())
            }
            None => Err(unpickling_error(self.th, format!("Memo value not found at index {}", i as isize))),
        }
    }

    #[inline]
    fn put(&mut self, i: usize) -> PyResult<()> {
        let o = self.top()?.clone();
        drop(self.memo.insert(i, o));
        Ok(())
    }

    /// The number in a line of its own.
    fn line_number(&mut self) -> PyResult<i64> {
        let line = self.input.line(self.th)?;
        let text = super::string(&String::from_utf8_lossy(&line));
        let n = int::from_object(self.th, &text)?;
        runtime::protocols::number::index_i64(self.th, &n)
    }

    fn load_int(&mut self) -> PyResult<()> {
        let th = self.th;
        let line = self.input.line(th)?;
        let text = String::from_utf8_lossy(&line);
        let digits = text.trim();
        let value = match (line.as_slice(), digits.parse::<i64>()) {
            (b"01\n", _) => bool_obj(true),
            (b"00\n", _) => bool_obj(false),
            (_, Ok(1)) if line.len() == 3 => bool_obj(true),
            (_, Ok(0)) if line.len() == 3 => bool_obj(false),
            (_, Ok(n)) => int::from_i64(n),
            _ => match int::from_object(th, &super::string(digits)) {
                Ok(n) => n,
                Err(raised) => {
                    drop(th.take_raised(raised));
                    return Err(th.value_error("could not convert string to int"));
                }
            },
        };
        self.push(value);
        Ok(())
    }

    fn load_long(&mut self) -> PyResult<()> {
        let mut line = self.input.line(self.th)?;
        if let [.., b'L', b'\n'] = line.as_slice() {
            line.truncate(line.len() - 2);
        }
        let text = super::string(&String::from_utf8_lossy(&line));
        let value = int::from_object(self.th, &text)?;
        self.push(value);
        Ok(())
    }

    fn load_long_bytes(&mut self, n: usize) -> PyResult<()> {
        let data = self.input.take(self.th, n)?;
        let negative = data.last().is_some_and(|b| b & 0x80 != 0);
        let value = if n <= 8 {
            let mut raw = if negative { [0xff; 8] } else { [0; 8] };
            raw[..n].copy_from_slice(data);
            int::from_i64(i64::from_le_bytes(raw))
        } else {
            let magnitude = dashu_int::IBig::from(dashu_int::UBig::from_le_bytes(data));
            int::from_big(if negative { magnitude - (dashu_int::IBig::ONE << (8 * n)) } else { magnitude })
        };
        self.push(value);
        Ok(())
    }

    fn load_float(&mut self) -> PyResult<()> {
        let line = self.input.line(self.th)?;
        match ::text::float::parse_ascii(&line[..line.len() - 1]) {
            Some(x) => {
                self.push(float::new(x));
                Ok(())
            }
            None => Err(self.th.value_error("could not convert string to float")),
        }
    }

    /// A string of Python 2: bytes, unless an encoding makes it text.
    fn push_string(&mut self, data: &[u8]) -> PyResult<()> {
        let (encoding, errors) = match &*self.unpickler.setup.lock() {
            Some(setup) => (setup.encoding.clone(), setup.errors.clone()),
            None => Default::default(),
        };
        let o = if encoding == "bytes" {
            bytes::new(data).into_obj()
        } else {
            codecs::decode(self.th, data, Some(&encoding), Some(&errors))?.into_obj()
        };
        self.push(o);
        Ok(())
    }

    fn load_string(&mut self) -> PyResult<()> {
        let th = self.th;
        let line = self.input.line(th)?;
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let inner = match text {
            [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => inner,
            _ => return Err(unpickling_error(th, "the STRING opcode argument must be quoted")),
        };
        let decoded = call::call(th, &library(th, "codecs", "escape_decode")?, &[bytes::new(inner).into_obj()])?;
        let decoded = runtime::protocols::sequence::get_item_isize(th, &decoded, 0)?;
        let data = bytes::of(&decoded).unwrap_or_default().to_vec();
        self.push_string(&data)
    }

    fn append(&mut self, items: Vec<Obj>) -> PyResult<()> {
        let th = self.th;
        let target = self.top()?;
        if items.is_empty() {
            return Ok(());
        }
        if let Some(l) = target.downcast_exact::<list::List>() {
            l.lock().extend(items);
            return Ok(());
        }
        let target = target.clone();
        if let Some(extend) = runtime::protocols::attribute::lookup_opt_str(th, &target, "extend")? {
            let items = list::from_vec(th, items).into_obj();
            return call::call(th, &extend, &[items]).map(drop);
        }
        let append = runtime::protocols::attribute::get_str(th, &target, "append")?;
        items.into_iter().try_for_each(|item| call::call(th, &append, &[item]).map(drop))
    }

    /// Gives the mapping below `first` the keys and values from there on, which go.
    fn set_items(&mut self, first: usize) -> PyResult<()> {
        let th = self.th;
        if first <= self.floor() {
            return Err(self.underflow());
        }
        let target = self.stack[first - 1].clone();
        let exact = target.downcast_exact::<Dict>();
        for pair in self.stack[first..].as_chunks::<2>().0 {
            match exact {
                Some(d) => d.set_item(th, &pair[0], pair[1].clone())?,
                None => mapping::set_item(th, &target, &pair[0], &pair[1])?,
            }
        }
        self.stack.truncate(first);
        Ok(())
    }

    fn add_items(&mut self, items: &[Obj]) -> PyResult<()> {
        let th = self.th;
        let target = self.top()?.clone();
        if items.is_empty() {
            return Ok(());
        }
        if target.downcast_exact::<set::Set>().is_some()
            && let Some(core) = set::any_set(&target)
        {
            return items.iter().try_for_each(|item| core.add(th, item).map(drop));
        }
        let add = runtime::protocols::attribute::get_str(th, &target, "add")?;
        items.iter().try_for_each(|item| call::call(th, &add, std::slice::from_ref(item)).map(drop))
    }

    fn load_persistent(&mut self, id: Obj) -> PyResult<()> {
        let Some(load) = self.persistent_load.clone() else {
            let text = "A load persistent id instruction was encountered, but no persistent_load function was specified.";
            return Err(unpickling_error(self.th, text));
        };
        let o = call::call(self.th, &load, &[id])?;
        self.push(o);
        Ok(())
    }

    fn load_next_buffer(&mut self) -> PyResult<()> {
        let th = self.th;
        let buffers = self.unpickler.setup.lock().as_ref().and_then(|s| s.buffers.clone());
        let Some(buffers) = buffers else {
            let text = "pickle stream refers to out-of-band data but no *buffers* argument was given";
            return Err(unpickling_error(th, text));
        };
        match iterate::next(th, &buffers)? {
            Some(o) => {
                self.push(o);
                Ok(())
            }
            None => Err(unpickling_error(th, "not enough out-of-band buffers")),
        }
    }

    fn load_readonly_buffer(&mut self) -> PyResult<()> {
        let th = self.th;
        let o = self.pop()?;
        let view = runtime::types::memoryview::new(th, &o)?;
        let readonly = runtime::protocols::attribute::get_str(th, &view, "readonly")?;
        let o = if readonly.is_true() { o } else { call::call_method(th, &view, "toreadonly", &[])? };
        self.push(o);
        Ok(())
    }

    /// An object by its name.
    pub(super) fn lookup(&self, module: &Py<Str>, name: &Py<Str>) -> PyResult<Obj> {
        match &self.find_class {
            Some(f) => call::call(self.th, f, &[module.as_obj().clone(), name.as_obj().clone()]),
            None => find_class(self.th, self.unpickler, module, name),
        }
    }

    /// Two lines: a module and a name in it.
    pub(super) fn lookup_lines(&mut self) -> PyResult<Obj> {
        let th = self.th;
        let module = self.input.line(th)?;
        let name = self.input.line(th)?;
        if module.len() < 2 || name.len() < 2 {
            return Err(unpickling_error(th, "pickle data was truncated"));
        }
        let text = |line: &[u8]| codecs::decode(th, &line[..line.len() - 1], Some("utf-8"), None);
        self.lookup(&text(&module)?, &text(&name)?)
    }

    fn load_global(&mut self) -> PyResult<()> {
        let o = self.lookup_lines()?;
        self.push(o);
        Ok(())
    }

    fn load_stack_global(&mut self) -> PyResult<()> {
        let name = self.pop()?;
        let module = self.pop()?;
        let (Some(module), Some(name)) = (module.downcast_exact::<Str>(), name.downcast_exact::<Str>()) else {
            return Err(unpickling_error(self.th, "STACK_GLOBAL requires str"));
        };
        let o = self.lookup(module, name)?;
        self.push(o);
        Ok(())
    }

    fn load_extension(&mut self, code: i64) -> PyResult<()> {
        let th = self.th;
        if code <= 0 {
            return Err(unpickling_error(th, "EXT specifies code <= 0"));
        }
        let key = int::from_i64(code);
        let cache = library(th, "copyreg", "_extension_cache")?;
        if let Some(known) = optional(th, &cache, &key)? {
            self.push(known);
            return Ok(());
        }
        let registry = library(th, "copyreg", "_inverted_registry")?;
        let Some(pair) = optional(th, &registry, &key)? else {
            return Err(th.value_error(format!("unregistered extension code {code}")));
        };
        let Some((module, name)) = pair_of_names(&pair) else {
            return Err(th.value_error(format!("_inverted_registry[{code}] isn't a 2-tuple of strings")));
        };
        let o = self.lookup(&module, &name)?;
        mapping::set_item(th, &cache, &key, &o)?;
        self.push(o);
        Ok(())
    }

    pub(super) fn push_made(&mut self, o: Obj) {
        self.push(o);
    }
}

fn optional(th: &Thread, table: &Obj, key: &Obj) -> PyResult<Option<Obj>> {
    match mapping::get_item(th, table, key) {
        Ok(found) => Ok(Some(found)),
        Err(raised) => th.catch(raised, KEY_ERROR).map(|()| None),
    }
}
