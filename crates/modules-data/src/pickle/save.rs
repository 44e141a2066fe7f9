//! Writing objects: the built-in types.

use super::memo::PicklerMemo;
use super::opcodes as op;
use super::output::Output;
use super::pickler::Pickler;
use super::{pickling_error, type_name};
use runtime::protocols::{attribute, call, iterate, sequence};
use runtime::types::bytes::{self, ByteArray, Bytes};
use runtime::types::dict::Dict;
use runtime::types::float::{self, Float};
use runtime::types::function::Function;
use runtime::types::int::{self};
use runtime::types::list::{self, List};
use runtime::types::set::{self, FrozenSet, Set};
use runtime::types::str as pystr;
use runtime::types::str::Str;
use runtime::types::tuple::{self, Tuple};
use runtime::{Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread, Type};
use std::collections::HashSet;

/// Items written between two opcodes that add them to a container.
const BATCH: usize = 1000;
/// In fast mode, containers this deep are looked at for cycles.
const FAST_NESTING: usize = 50;

/// What was being written when an exception came, as its notes say.
pub(super) enum Part<'a> {
    Item(usize),
    Key(&'a Obj),
    Word(&'static str),
}

/// One run of a pickler.
pub(super) struct Saver<'a> {
    pub(super) th: &'a Thread,
    pub(super) pickler: &'a Py<Pickler>,
    pub(super) out: Output,
    pub(super) memo: PicklerMemo,
    pub(super) protocol: i64,
    pub(super) bin: bool,
    pub(super) fast: bool,
    pub(super) reducer_override: Option<Obj>,
    pub(super) persistent_id: Option<Obj>,
    pub(super) dispatch_table: Option<Obj>,
    fast_depth: usize,
    fast_open: HashSet<usize>,
}

/// Adds the note `when serializing <type> <part>` to the exception that is on its way.
#[cold]
pub(super) fn note(th: &Thread, raised: Raised, o: &Obj, part: Part<'_>) -> Raised {
    let e = th.take_raised(raised);
    let ty = type_name(o);
    let text = match part {
        Part::Item(i) => format!("when serializing {ty} item {i}"),
        Part::Word(word) => format!("when serializing {ty} {word}"),
        Part::Key(key) => match super::shown(th, key) {
            Ok(key) => format!("when serializing {ty} item {key}"),
            Err(raised) => return raised,
        },
    };
    match call::call_method(th, &e, "add_note", &[super::string(&text)]) {
        Ok(_) => th.reraise(e),
        Err(raised) => raised,
    }
}

/// The bytes of an integer in two's complement, least significant first, as few as possible.
fn encode_long(o: &Obj) -> Vec<u8> {
    if let Some(i) = int::to_i64(o) {
        let mut raw = if i == 0 { Vec::new() } else { i.to_le_bytes().to_vec() };
        trim(&mut raw);
        return raw;
    }
    let Some(big) = int::as_big(o) else { return Vec::new() };
    let (sign, magnitude) = big.into_owned().into_parts();
    let mut raw = magnitude.to_le_bytes().to_vec();
    raw.push(0);
    if sign == dashu_int::Sign::Negative {
        let mut carry = true;
        for b in &mut raw {
            let (flipped, more) = (!*b).overflowing_add(u8::from(carry));
            (*b, carry) = (flipped, more);
        }
    }
    trim(&mut raw);
    raw
}

/// Drops bytes that only repeat the sign.
fn trim(raw: &mut Vec<u8>) {
    while let [.., before, last] = raw.as_slice() {
        let redundant = (*last == 0 && before & 0x80 == 0) || (*last == 0xff && before & 0x80 != 0);
        if !redundant {
            break;
        }
        raw.pop();
    }
}

/// The text of the `UNICODE` opcode.
fn raw_unicode_escape(s: &Str) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    for c in s.chars().iter() {
        match c {
            0x5c | 0 | 0x0a | 0x0d | 0x1a | 0x100..=0xffff => out.extend(format!("\\u{c:04x}").bytes()),
            0x1_0000.. => out.extend(format!("\\U{c:08x}").bytes()),
            _ => out.push(c as u8),
        }
    }
    out
}

impl<'a> Saver<'a> {
    pub(super) fn new(th: &'a Thread, pickler: &'a Py<Pickler>, out: Output, memo: PicklerMemo) -> Saver<'a> {
        Saver {
            th,
            pickler,
            out,
            memo,
            protocol: pickler.protocol.get(),
            bin: pickler.bin.get() != 0,
            fast: pickler.fast.get() != 0,
            reducer_override: None,
            persistent_id: None,
            dispatch_table: None,
            fast_depth: 0,
            fast_open: HashSet::new(),
        }
    }

    /// Writes a whole pickle.
    pub(super) fn run(&mut self, o: &Obj) -> PyResult<Vec<u8>> {
        if self.protocol >= 2 {
            self.out.put(&[op::PROTO, self.protocol as u8]);
            if self.protocol >= 4 {
                self.out.start_framing();
            }
        }
        self.save(o)?;
        self.out.op(op::STOP);
        self.out.finish(self.th)
    }

    pub(super) fn save(&mut self, o: &Obj) -> PyResult<()> {
        self.out.boundary(self.th)?;
        if let Some(hook) = self.persistent_id.clone() {
            let id = call::call(self.th, &hook, std::slice::from_ref(o))?;
            if !id.is_none() {
                return self.save_persistent(&id);
            }
        }
        self.save_object(o)
    }

    fn save_persistent(&mut self, id: &Obj) -> PyResult<()> {
        if self.bin {
            self.out.boundary(self.th)?;
            self.save_object(id)?;
            self.out.op(op::BINPERSID);
            return Ok(());
        }
        let text = runtime::protocols::str(self.th, id)?;
        let Some(text) = text.as_ascii() else {
            return Err(pickling_error(self.th, "persistent IDs in protocol 0 must be ASCII strings"));
        };
        self.out.op(op::PERSID);
        self.out.put(text.as_bytes());
        self.out.put(b"\n");
        Ok(())
    }

    /// Writes objects without identity; `false` for others.
    #[inline]
    fn save_atom(&mut self, o: &Obj) -> PyResult<bool> {
        if let Some(i) = o.value().as_int() {
            self.save_int(o, Some(i))?;
        } else if o.is_none() {
            self.out.op(op::NONE);
        } else if o.is_true() || o.is_false() {
            let text: &[u8] = match (self.protocol >= 2, o.is_true()) {
                (true, true) => &[op::NEWTRUE],
                (true, false) => &[op::NEWFALSE],
                (false, true) => b"I01\n",
                (false, false) => b"I00\n",
            };
            self.out.put(text);
        } else if std::ptr::eq(o.ty(), int::INT_TYPE) {
            self.save_int(o, int::to_i64(o))?;
        } else if std::ptr::eq(o.ty(), Float::TYPE) {
            self.save_float(float::value_of(o).unwrap_or(0.0));
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn save_int(&mut self, o: &Obj, small: Option<i64>) -> PyResult<()> {
        if let Some(i) = small.and_then(|i| i32::try_from(i).ok()) {
            if !self.bin {
                self.out.put(format!("I{i}\n").as_bytes());
                return Ok(());
            }
            let [a, b, c, d] = i.to_le_bytes();
            match i {
                0..=0xff => self.out.put(&[op::BININT1, a]),
                0x100..=0xffff => self.out.put(&[op::BININT2, a, b]),
                _ => self.out.put(&[op::BININT, a, b, c, d]),
            }
            return Ok(());
        }
        if self.protocol < 2 {
            let digits = int::to_decimal(self.th, o)?;
            self.out.put(format!("L{digits}L\n").as_bytes());
            return Ok(());
        }
        let raw = encode_long(o);
        match u8::try_from(raw.len()) {
            Ok(n) => self.out.put(&[op::LONG1, n]),
            Err(_) => {
                let Ok(n) = i32::try_from(raw.len()) else {
                    return Err(self.th.overflow_error("int too large to pickle"));
                };
                self.out.op(op::LONG4);
                self.out.put(&n.to_le_bytes());
            }
        }
        self.out.put(&raw);
        Ok(())
    }

    fn save_float(&mut self, x: f64) {
        if self.bin {
            self.out.op(op::BINFLOAT);
            self.out.put(&x.to_be_bytes());
        } else {
            self.out.put(format!("F{}\n", text::float::repr(x)).as_bytes());
        }
    }

    /// Remembers an object that has just been written.
    pub(super) fn memoize(&mut self, o: &Obj) -> PyResult<()> {
        if self.fast {
            return Ok(());
        }
        let n = self.memo.len();
        self.memo.insert(o, n as u32);
        if self.protocol >= 4 {
            self.out.op(op::MEMOIZE);
        } else if !self.bin {
            self.out.put(format!("p{n}\n").as_bytes());
        } else if let Ok(n) = u8::try_from(n) {
            self.out.put(&[op::BINPUT, n]);
        } else {
            let Ok(n) = u32::try_from(n) else {
                return Err(pickling_error(self.th, "memo id too large for LONG_BINPUT"));
            };
            self.out.op(op::LONG_BINPUT);
            self.out.put(&n.to_le_bytes());
        }
        Ok(())
    }

    /// Writes a reference to an object that was written before.
    pub(super) fn put_get(&mut self, n: u32) {
        if !self.bin {
            self.out.put(format!("g{n}\n").as_bytes());
        } else if let Ok(n) = u8::try_from(n) {
            self.out.put(&[op::BINGET, n]);
        } else {
            self.out.op(op::LONG_BINGET);
            self.out.put(&n.to_le_bytes());
        }
    }

    fn save_object(&mut self, o: &Obj) -> PyResult<()> {
        if self.save_atom(o)? {
            return Ok(());
        }
        if let Some(n) = self.memo.get(o) {
            self.put_get(n);
            return Ok(());
        }
        if let Some(s) = o.downcast_exact::<Str>() {
            return self.save_str(o, s);
        }
        if let Some(b) = o.downcast_exact::<Bytes>() {
            return self.save_bytes(o, b);
        }
        self.th.check_stack(" while pickling an object")?;
        if let Some(d) = o.downcast_exact::<Dict>() {
            return self.save_dict(o, d);
        }
        if let Some(t) = o.downcast_exact::<Tuple>() {
            return self.save_tuple(o, t.items());
        }
        if let Some(l) = o.downcast_exact::<List>() {
            return self.save_list(o, l);
        }
        if o.downcast_exact::<Set>().is_some() {
            return self.save_set(o);
        }
        if o.downcast_exact::<FrozenSet>().is_some() {
            return self.save_frozenset(o);
        }
        if let Some(a) = o.downcast_exact::<ByteArray>() {
            return self.save_bytearray(o, &a.to_vec());
        }
        if let Some(b) = o.downcast_exact::<super::PickleBuffer>() {
            return self.save_buffer(o, b);
        }
        self.save_other(o)
    }

    fn save_str(&mut self, o: &Obj, s: &Py<Str>) -> PyResult<()> {
        if let (Some(ascii), 0..=0xff, 4..) = (s.as_ascii(), s.len(), self.protocol) {
            self.out.put(&[op::SHORT_BINUNICODE, ascii.len() as u8]);
            self.out.put(ascii.as_bytes());
            return self.memoize(o);
        }
        if !self.bin {
            let text = raw_unicode_escape(s);
            self.out.op(op::UNICODE);
            self.out.put(&text);
            self.out.put(b"\n");
            return self.memoize(o);
        }
        let wtf8;
        let data = match s.as_ascii() {
            Some(ascii) => ascii.as_bytes(),
            None => {
                wtf8 = s.to_wtf8();
                &wtf8
            }
        };
        let mut header = Vec::with_capacity(9);
        match data.len() {
            n @ 0..=0xff if self.protocol >= 4 => header.extend([op::SHORT_BINUNICODE, n as u8]),
            n @ 0..=0xffff_ffff => {
                header.push(op::BINUNICODE);
                header.extend((n as u32).to_le_bytes());
            }
            n if self.protocol >= 4 => {
                header.push(op::BINUNICODE8);
                header.extend((n as u64).to_le_bytes());
            }
            _ => {
                let text = "serializing a string larger than 4 GiB requires pickle protocol 4 or higher";
                return Err(self.th.overflow_error(text));
            }
        }
        self.out.put_large(self.th, &header, data, None)?;
        self.memoize(o)
    }

    /// Bytes in protocols that know them.
    fn put_bytes(&mut self, data: &[u8], payload: Option<&Obj>) -> PyResult<()> {
        let mut header = Vec::with_capacity(9);
        match data.len() {
            n @ 0..=0xff => header.extend([op::SHORT_BINBYTES, n as u8]),
            n @ 0..=0xffff_ffff => {
                header.push(op::BINBYTES);
                header.extend((n as u32).to_le_bytes());
            }
            n if self.protocol >= 4 => {
                header.push(op::BINBYTES8);
                header.extend((n as u64).to_le_bytes());
            }
            _ => {
                let text = "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher";
                return Err(self.th.overflow_error(text));
            }
        }
        self.out.put_large(self.th, &header, data, payload)
    }

    fn save_bytes(&mut self, o: &Obj, b: &Bytes) -> PyResult<()> {
        if self.protocol >= 3 {
            self.put_bytes(b.as_slice(), Some(o))?;
            return self.memoize(o);
        }
        if b.is_empty() {
            let empty = tuple::empty().into_obj();
            return self.save_reduced(&tuple::from_array([Bytes::TYPE.to_obj(), empty]), Some(o));
        }
        // Python 2 reads it as the text that has these character numbers, encoded.
        let encode = super::library(self.th, "codecs", "encode")?;
        let text = pystr::from_chars(::text::Chars::Latin1(b.as_slice())).into_obj();
        let args = tuple::from_array([text, super::string("latin1")]).into_obj();
        self.save_reduced(&tuple::from_array([encode, args]), Some(o))
    }

    fn put_bytearray(&mut self, data: &[u8], payload: Option<&Obj>) -> PyResult<()> {
        let mut header = vec![op::BYTEARRAY8];
        header.extend((data.len() as u64).to_le_bytes());
        self.out.put_large(self.th, &header, data, payload)
    }

    fn save_bytearray(&mut self, o: &Obj, data: &[u8]) -> PyResult<()> {
        if self.protocol >= 5 {
            self.put_bytearray(data, Some(o))?;
            return self.memoize(o);
        }
        let args = if data.is_empty() { tuple::empty() } else { tuple::from_array([bytes::new(data).into_obj()]) };
        self.save_reduced(&tuple::from_array([ByteArray::TYPE.to_obj(), args.into_obj()]), Some(o))
    }

    fn save_buffer(&mut self, o: &Obj, b: &super::PickleBuffer) -> PyResult<()> {
        if self.protocol < 5 {
            return Err(pickling_error(self.th, "PickleBuffer can only be pickled with protocol >= 5"));
        }
        let content = b.content(self.th)?;
        if !content.contiguous {
            let text = "PickleBuffer can not be pickled when pointing to a non-contiguous buffer";
            return Err(pickling_error(self.th, text));
        }
        let callback = self.pickler.buffer_callback.get();
        let in_band = match callback {
            None => true,
            Some(f) => {
                let answer = call::call(self.th, &f, std::slice::from_ref(o))?;
                runtime::protocols::truth(self.th, &answer)?
            }
        };
        if !in_band {
            self.out.op(op::NEXT_BUFFER);
            if content.readonly {
                self.out.op(op::READONLY_BUFFER);
            }
            return Ok(());
        }
        if content.readonly {
            self.put_bytes(&content.bytes, None)?;
        } else {
            self.put_bytearray(&content.bytes, None)?;
        }
        self.memoize(o)
    }

    fn save_item(&mut self, o: &Obj, item: &Obj, part: Part<'_>) -> PyResult<()> {
        self.save(item).map_err(|raised| note(self.th, raised, o, part))
    }

    fn save_tuple(&mut self, o: &Obj, items: &[Obj]) -> PyResult<()> {
        if items.is_empty() {
            self.out.put(if self.protocol > 0 { &[op::EMPTY_TUPLE] } else { &[op::MARK, op::TUPLE] });
            return Ok(());
        }
        let short = items.len() <= 3 && self.protocol >= 2;
        if !short {
            self.out.op(op::MARK);
        }
        for (i, item) in items.iter().enumerate() {
            self.save_item(o, item, Part::Item(i))?;
        }
        // The tuple contains itself: the copy that was made within is the one.
        if let Some(n) = self.memo.get(o) {
            match (short, self.bin) {
                (true, _) => items.iter().for_each(|_| self.out.op(op::POP)),
                (false, true) => self.out.op(op::POP_MARK),
                (false, false) => (0..=items.len()).for_each(|_| self.out.op(op::POP)),
            }
            self.put_get(n);
            return Ok(());
        }
        self.out.op(if short { op::TUPLE1 + items.len() as u8 - 1 } else { op::TUPLE });
        self.memoize(o)
    }

    /// In fast mode there is no memo that would find cycles.
    fn enter(&mut self, o: &Obj) -> PyResult<()> {
        if !self.fast {
            return Ok(());
        }
        self.fast_depth += 1;
        if self.fast_depth > FAST_NESTING && !self.fast_open.insert(o.id() as usize) {
            let (ty, address) = (o.ty().tp_name(), o.id());
            return Err(self
                .th
                .value_error(format!("fast mode: can't pickle cyclic objects including object type {ty} at {address:#x}")));
        }
        Ok(())
    }

    fn leave(&mut self, o: &Obj) {
        if self.fast {
            if self.fast_depth > FAST_NESTING {
                self.fast_open.remove(&(o.id() as usize));
            }
            self.fast_depth -= 1;
        }
    }

    fn save_list(&mut self, o: &Obj, l: &Py<List>) -> PyResult<()> {
        self.enter(o)?;
        self.out.put(if self.bin { &[op::EMPTY_LIST] } else { &[op::MARK, op::LIST] });
        self.memoize(o)?;
        if self.protocol == 0 {
            if !l.is_empty() {
                let it = iterate::iter(self.th, o)?;
                self.batch_appends(&it, o)?;
            }
        } else if l.len() == 1 {
            if let Some(item) = l.get(0) {
                self.save_item(o, &item, Part::Item(0))?;
                self.out.op(op::APPEND);
            }
        } else {
            let mut i = 0;
            while i < l.len() {
                self.out.op(op::MARK);
                let end = i + BATCH;
                while let Some(item) = l.get(i).filter(|_| i < end) {
                    self.save_item(o, &item, Part::Item(i))?;
                    i += 1;
                }
                self.out.op(op::APPENDS);
            }
        }
        self.leave(o);
        Ok(())
    }

    /// The items of an iterator, to be appended.
    pub(super) fn batch_appends(&mut self, it: &Obj, o: &Obj) -> PyResult<()> {
        let th = self.th;
        let mut i = 0;
        if self.protocol == 0 {
            while let Some(item) = iterate::next(th, it)? {
                self.save_item(o, &item, Part::Item(i))?;
                self.out.op(op::APPEND);
                i += 1;
            }
            return Ok(());
        }
        let mut next = iterate::next(th, it)?;
        while let Some(first) = next.take() {
            let Some(second) = iterate::next(th, it)? else {
                self.save_item(o, &first, Part::Item(i))?;
                self.out.op(op::APPEND);
                break;
            };
            self.out.op(op::MARK);
            self.save_item(o, &first, Part::Item(i))?;
            self.save_item(o, &second, Part::Item(i + 1))?;
            i += 2;
            let mut n = 2;
            while n < BATCH {
                let Some(item) = iterate::next(th, it)? else { break };
                self.save_item(o, &item, Part::Item(i))?;
                (i, n) = (i + 1, n + 1);
            }
            self.out.op(op::APPENDS);
            if n == BATCH {
                next = iterate::next(th, it)?;
            }
        }
        Ok(())
    }

    fn save_entry(&mut self, o: &Obj, key: &Obj, value: &Obj) -> PyResult<()> {
        self.save(key)?;
        self.save_item(o, value, Part::Key(key))
    }

    fn save_dict(&mut self, o: &Obj, d: &Py<Dict>) -> PyResult<()> {
        self.enter(o)?;
        self.out.put(if self.bin { &[op::EMPTY_DICT] } else { &[op::MARK, op::DICT] });
        self.memoize(o)?;
        if self.protocol == 0 {
            if !d.is_empty() {
                let items = call::call_method(self.th, o, "items", &[])?;
                let it = iterate::iter(self.th, &items)?;
                self.batch_setitems(&it, o)?;
            }
        } else {
            let size = d.len();
            let mut at = 0;
            if size == 1 {
                if let Some((key, value)) = d.next_entry(&mut at) {
                    self.save_entry(o, &key, &value)?;
                    self.out.op(op::SETITEM);
                }
            } else {
                let mut n = 0;
                while let Some((key, value)) = d.next_entry(&mut at) {
                    if n % BATCH == 0 {
                        self.out.op(op::MARK);
                    }
                    self.save_entry(o, &key, &value)?;
                    n += 1;
                    if d.len() != size {
                        return Err(self.th.runtime_error("dictionary changed size during iteration"));
                    }
                    if n % BATCH == 0 || n == size {
                        self.out.op(op::SETITEMS);
                    }
                }
            }
        }
        self.leave(o);
        Ok(())
    }

    /// The pairs of an iterator, to be set.
    pub(super) fn batch_setitems(&mut self, it: &Obj, o: &Obj) -> PyResult<()> {
        let th = self.th;
        let entry = |slf: &mut Self, pair: &Obj| match pair.downcast::<Tuple>().map(|t| t.items()) {
            Some([key, value]) => slf.save_entry(o, key, value),
            _ => Err(th.type_error("dict items iterator must return 2-tuples")),
        };
        if self.protocol == 0 {
            while let Some(pair) = iterate::next(th, it)? {
                entry(self, &pair)?;
                self.out.op(op::SETITEM);
            }
            return Ok(());
        }
        let mut next = iterate::next(th, it)?;
        while let Some(first) = next.take() {
            if first.downcast::<Tuple>().is_none_or(|t| t.len() != 2) {
                return Err(th.type_error("dict items iterator must return 2-tuples"));
            }
            let Some(second) = iterate::next(th, it)? else {
                entry(self, &first)?;
                self.out.op(op::SETITEM);
                break;
            };
            self.out.op(op::MARK);
            entry(self, &first)?;
            entry(self, &second)?;
            let mut n = 2;
            while n < BATCH {
                let Some(pair) = iterate::next(th, it)? else { break };
                entry(self, &pair)?;
                n += 1;
            }
            self.out.op(op::SETITEMS);
            if n == BATCH {
                next = iterate::next(th, it)?;
            }
        }
        Ok(())
    }

    /// A set in protocols that have no opcode for it.
    fn save_set_by_list(&mut self, o: &Obj) -> PyResult<()> {
        let items = sequence::to_vec(self.th, o)?;
        let items = list::from_vec(self.th, items).into_obj();
        let args = tuple::from_array([items]).into_obj();
        self.save_reduced(&tuple::from_array([o.ty().to_obj(), args]), Some(o))
    }

    fn save_set(&mut self, o: &Obj) -> PyResult<()> {
        if self.protocol < 4 {
            return self.save_set_by_list(o);
        }
        self.out.op(op::EMPTY_SET);
        self.memoize(o)?;
        let Some(core) = set::any_set(o) else { return Ok(()) };
        let size = core.len();
        let (mut at, mut n) = (0, 0);
        while let Some((item, _)) = core.next_entry(&mut at) {
            if n % BATCH == 0 {
                self.out.op(op::MARK);
            }
            self.save_item(o, &item, Part::Word("element"))?;
            n += 1;
            if core.len() != size {
                return Err(self.th.runtime_error("set changed size during iteration"));
            }
            if n % BATCH == 0 || n == size {
                self.out.op(op::ADDITEMS);
            }
        }
        Ok(())
    }

    fn save_frozenset(&mut self, o: &Obj) -> PyResult<()> {
        if self.protocol < 4 {
            return self.save_set_by_list(o);
        }
        self.out.op(op::MARK);
        let items = set::any_set(o).map(|s| s.keys_vec()).unwrap_or_default();
        for item in &items {
            self.save_item(o, item, Part::Word("element"))?;
        }
        if let Some(n) = self.memo.get(o) {
            self.out.op(op::POP_MARK);
            self.put_get(n);
            return Ok(());
        }
        self.out.op(op::FROZENSET);
        self.memoize(o)
    }

    /// Objects that say themselves how they are pickled.
    fn save_other(&mut self, o: &Obj) -> PyResult<()> {
        let th = self.th;
        if let Some(hook) = self.reducer_override.clone() {
            let reduced = call::call(th, &hook, std::slice::from_ref(o))?;
            if !reduced.is_not_implemented() {
                return self.save_reduction(o, &reduced);
            }
        }
        if std::ptr::eq(o.ty(), Type::TYPE) {
            return self.save_type(o);
        }
        if o.downcast_exact::<Function>().is_some() {
            return self.save_global(o, None);
        }
        let ty = o.ty().to_obj();
        let reducer = match &self.dispatch_table {
            Some(table) => optional_item(th, table, &ty)?,
            None => optional_item(th, &super::library(th, "copyreg", "dispatch_table")?, &ty)?,
        };
        let reduced = if let Some(f) = reducer {
            call::call(th, &f, std::slice::from_ref(o))?
        } else if o.ty().is_subtype(Type::TYPE) {
            return self.save_global(o, None);
        } else if let Some(f) = attribute::lookup_opt_str(th, o, "__reduce_ex__")? {
            call::call(th, &f, &[int::from_i64(self.protocol)])?
        } else if let Some(f) = attribute::lookup_opt_str(th, o, "__reduce__")? {
            call::call(th, &f, &[])?
        } else {
            return Err(pickling_error(th, format!("Can't pickle {} object", type_name(o))));
        };
        self.save_reduction(o, &reduced)
    }

    fn save_reduction(&mut self, o: &Obj, reduced: &Obj) -> PyResult<()> {
        if reduced.downcast::<Str>().is_some() {
            return self.save_global(o, Some(reduced));
        }
        let outcome = match reduced.downcast::<Tuple>() {
            Some(t) => self.save_reduced(t, Some(o)),
            None => {
                let ty = type_name(reduced);
                Err(pickling_error(self.th, format!("__reduce__ must return a string or tuple, not {ty}")))
            }
        };
        outcome.map_err(|raised| note(self.th, raised, o, Part::Word("object")))
    }
}

/// `table[key]`, or `None` for a `KeyError`.
pub(super) fn optional_item(th: &Thread, table: &Obj, key: &Obj) -> PyResult<Option<Obj>> {
    if let Some(d) = table.downcast_exact::<Dict>() {
        return d.get_item(th, key);
    }
    match runtime::protocols::mapping::get_item(th, table, key) {
        Ok(found) => Ok(Some(found)),
        Err(raised) => th.catch(raised, runtime::types::exceptions::KEY_ERROR).map(|()| None),
    }
}
