//! Constants and code objects as data, read and written.

use super::read::{Builder, CodeParts, SliceSource, load};
use super::{Begun, Flag, MAX_STACK_DEPTH, ReadError, VERSION, WriteError, Writer};
use crate::code::{Blob, CodeData, Const, ConstKey, Text};
use dashu_int::IBig;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Reads one constant, as a rule a code object, from the start of `bytes`; what follows it doesn't matter.
pub fn load_const(bytes: &[u8]) -> Result<Const, ReadError> {
    load(&mut SliceSource::new(bytes), &mut ConstBuilder, true)
}

struct ConstBuilder;

fn no_constant() -> ReadError {
    ReadError::Value("bad marshal data (no constant)".into())
}

fn bad_code() -> ReadError {
    ReadError::Value("bad marshal data (invalid code object)".into())
}

impl Builder for ConstBuilder {
    type Value = Const;
    type Error = ReadError;

    fn none(&mut self) -> Const {
        Const::None
    }

    fn bool(&mut self, value: bool) -> Const {
        Const::bool(value)
    }

    fn ellipsis(&mut self) -> Const {
        Const::Ellipsis
    }

    fn stop_iteration(&mut self) -> Result<Const, ReadError> {
        Err(no_constant())
    }

    fn int(&mut self, value: i64) -> Result<Const, ReadError> {
        Ok(Const::Int(value))
    }

    fn big_int(&mut self, value: IBig) -> Result<Const, ReadError> {
        Ok(Const::int(value))
    }

    fn float(&mut self, value: f64) -> Result<Const, ReadError> {
        Ok(Const::Float(value))
    }

    fn complex(&mut self, real: f64, imag: f64) -> Result<Const, ReadError> {
        Ok(Const::Complex { real, imag })
    }

    fn bytes(&mut self, value: &[u8]) -> Result<Const, ReadError> {
        Ok(Const::Bytes(value.into()))
    }

    fn text(&mut self, utf8: &[u8], _interned: bool) -> Result<Const, ReadError> {
        if !is_generalized_utf8(utf8) {
            return Err(ReadError::Value("bad marshal data (invalid UTF-8)".into()));
        }
        Ok(Const::Str(utf8.into()))
    }

    fn latin1(&mut self, characters: &[u8], _interned: bool) -> Result<Const, ReadError> {
        if characters.is_ascii() {
            return Ok(Const::Str(characters.into()));
        }
        let text: String = characters.iter().map(|byte| char::from(*byte)).collect();
        Ok(Const::Str(text.as_bytes().into()))
    }

    fn tuple(&mut self, items: Vec<Const>) -> Result<Const, ReadError> {
        Ok(Const::Tuple(items.into()))
    }

    fn unfinished_tuple(&mut self, _: usize) -> Option<Const> {
        None
    }

    fn finish_tuple(&mut self, _: &Const, _: Vec<Const>) {}

    fn frozenset(&mut self, items: Vec<Const>) -> Result<Const, ReadError> {
        Ok(Const::FrozenSet(items.into()))
    }

    fn slice(&mut self, parts: [Const; 3]) -> Result<Const, ReadError> {
        Ok(Const::Slice(Arc::new(parts)))
    }

    fn list(&mut self) -> Result<Const, ReadError> {
        Err(no_constant())
    }

    fn list_append(&mut self, _list: &Const, _item: Const) -> Result<(), ReadError> {
        Err(no_constant())
    }

    fn set(&mut self) -> Result<Const, ReadError> {
        Err(no_constant())
    }

    fn set_add(&mut self, _set: &Const, _item: Const) -> Result<(), ReadError> {
        Err(no_constant())
    }

    fn dict(&mut self) -> Result<Const, ReadError> {
        Err(no_constant())
    }

    fn dict_insert(&mut self, _dict: &Const, _key: Const, _value: Const) -> Result<(), ReadError> {
        Err(no_constant())
    }

    fn code(&mut self, parts: CodeParts<Const>) -> Result<Const, ReadError> {
        let count = |value: i32| u32::try_from(value).map_err(|_| bad_code());
        let code = CodeData {
            argcount: count(parts.argcount)?,
            posonlyargcount: count(parts.posonlyargcount)?,
            kwonlyargcount: count(parts.kwonlyargcount)?,
            stacksize: count(parts.stacksize)?,
            flags: count(parts.flags)?,
            firstlineno: parts.firstlineno,
            filename: text(parts.filename)?,
            name: text(parts.name)?,
            qualname: text(parts.qualname)?,
            code: bytes(parts.code)?,
            consts: items(parts.consts)?.to_vec(),
            names: texts(parts.names)?,
            localsplusnames: texts(parts.localsplusnames)?,
            localspluskinds: bytes(parts.localspluskinds)?,
            linetable: bytes(parts.linetable)?,
            exceptiontable: bytes(parts.exceptiontable)?,
        };
        let whole = code.argcount >= code.posonlyargcount
            && code.localspluskinds.len() == code.localsplusnames.len()
            && code.code.len().is_multiple_of(2);
        if !whole {
            return Err(bad_code());
        }
        if code.parameter_count() > code.local_count() {
            return Err(ReadError::Value("code: co_varnames is too small".into()));
        }
        Ok(Const::Code(Arc::new(code)))
    }
}

fn text(value: Const) -> Result<Text, ReadError> {
    match value {
        Const::Str(text) => Ok(text),
        _ => Err(bad_code()),
    }
}

fn bytes(value: Const) -> Result<Blob, ReadError> {
    match value {
        Const::Bytes(bytes) => Ok(bytes.to_vec().into()),
        _ => Err(bad_code()),
    }
}

fn items(value: Const) -> Result<Arc<[Const]>, ReadError> {
    match value {
        Const::Tuple(items) => Ok(items),
        _ => Err(bad_code()),
    }
}

fn texts(value: Const) -> Result<Vec<Text>, ReadError> {
    items(value)?.iter().cloned().map(text).collect()
}

/// Whether bytes are UTF-8 but for surrogates, which are allowed as three bytes each.
fn is_generalized_utf8(mut bytes: &[u8]) -> bool {
    while let Err(error) = std::str::from_utf8(bytes) {
        match bytes.get(error.valid_up_to()..) {
            Some([0xED, 0xA0..=0xBF, 0x80..=0xBF, rest @ ..]) => bytes = rest,
            _ => return false,
        }
    }
    true
}

/// Marshals a code object as CPython's compiler and importer would: the same objects are shared and marked.
pub fn dump_code(code: &CodeData) -> Result<Vec<u8>, WriteError> {
    dump(Item::Code(code), true)
}

/// Marshals a constant in the newest version of the format.
pub fn dump_const(value: &Const) -> Result<Vec<u8>, WriteError> {
    dump(Item::Const(value), false)
}

fn dump(item: Item<'_>, referenced_from_outside: bool) -> Result<Vec<u8>, WriteError> {
    let mut sharing = Sharing::default();
    sharing.collect_qualnames(&item, 0);
    if referenced_from_outside {
        sharing.count(&item);
    }
    sharing.visit(&item, 0)?;
    let mut dumper = Dumper { writer: Writer::new(VERSION), sharing: &sharing, unique: usize::MAX };
    dumper.item(&item)?;
    Ok(dumper.writer.finish())
}

/// An object as CPython would hold it.
enum Item<'a> {
    Const(&'a Const),
    Code(&'a CodeData),
    /// An interned text: a name.
    Name(&'a Text),
    /// A tuple of names that equal tuples share.
    Names(&'a [Text]),
    /// A tuple of names of its own.
    OwnNames(&'a [Text]),
    Consts(&'a [Const]),
    /// Bytes that equal ones share.
    Bytes(&'a [u8]),
    /// Bytes of their own, even if they are one.
    OwnBytes(&'a [u8]),
    /// The bytecode, which its code object holds on to as well.
    Bytecode(&'a [u8]),
}

/// A `co_code` as `_PyCode_ConstantKey` and interning tell objects apart.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Interned(Text),
    Const(ConstKey),
}

/// How many objects refer to each object, by key, and a number for each.
#[derive(Default)]
struct Sharing {
    counts: HashMap<Key, (usize, usize)>,
    /// Qualified names. That of a class is among its constants too, as the same object.
    qualnames: HashSet<Text>,
}

impl Item<'_> {
    /// What tells the object from others; `None` for one that has no equal.
    fn key(&self, qualnames: &HashSet<Text>) -> Option<Key> {
        let names = |names: &[Text]| ConstKey(Const::Tuple(names.iter().cloned().map(Const::Str).collect()));
        Some(match self {
            Item::Const(Const::Str(text)) if is_interned(text) || qualnames.contains(text) => Key::Interned((*text).clone()),
            // Interning the strings in a frozenset makes a new one for each code object.
            Item::Const(Const::FrozenSet(_)) => return None,
            Item::Const(value) => Key::Const(ConstKey((*value).clone())),
            Item::Name(text) => Key::Interned((*text).clone()),
            Item::Names(items) => Key::Const(names(items)),
            Item::Consts(items) => Key::Const(ConstKey(Const::Tuple((*items).into()))),
            Item::Bytes(bytes) => Key::Const(ConstKey(Const::Bytes((*bytes).into()))),
            Item::OwnBytes(bytes) if bytes.is_empty() => Key::Const(ConstKey(Const::Bytes((*bytes).into()))),
            Item::OwnNames(_) | Item::OwnBytes(_) | Item::Bytecode(_) => return None,
            Item::Code(code) => Key::Const(ConstKey(Const::Code(Arc::new((*code).clone())))),
        })
    }

    /// The objects that this one refers to, in the order in which they are written.
    fn contents(&self) -> Vec<Item<'_>> {
        match self {
            Item::Const(Const::Tuple(items) | Const::FrozenSet(items)) => items.iter().map(Item::Const).collect(),
            Item::Const(Const::Slice(items)) => items.iter().map(Item::Const).collect(),
            Item::Const(Const::Code(code)) => code_contents(code),
            Item::Code(code) => code_contents(code),
            Item::Names(items) | Item::OwnNames(items) => items.iter().map(Item::Name).collect(),
            Item::Consts(items) => items.iter().map(Item::Const).collect(),
            _ => Vec::new(),
        }
    }
}

fn code_contents(code: &CodeData) -> Vec<Item<'_>> {
    vec![
        Item::Bytecode(&code.code),
        Item::Consts(&code.consts),
        Item::Names(&code.names),
        if is_annotate(code) { Item::OwnNames(&code.localsplusnames) } else { Item::Names(&code.localsplusnames) },
        Item::OwnBytes(&code.localspluskinds),
        Item::Name(&code.filename),
        Item::Name(&code.name),
        Item::Name(&code.qualname),
        Item::Bytes(&code.linetable),
        Item::Bytes(&code.exceptiontable),
    ]
}

/// Whether this is a function that evaluates annotations: its tuple of names is made anew when its parameter `.format` loses the dot.
fn is_annotate(code: &CodeData) -> bool {
    (code.posonlyargcount, code.argcount) == (1, 1) && code.localsplusnames.first().is_some_and(|name| **name == *b"format")
}

/// Whether a text constant is interned: it looks like a name, or it is one character of Latin-1.
fn is_interned(text: &[u8]) -> bool {
    let single = match text {
        [_] => true,
        [first, _] => matches!(first, 0xC2 | 0xC3),
        _ => false,
    };
    single || text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Whether the interpreter itself holds the object, so that it always has more than one owner.
fn is_immortal(key: &Key) -> bool {
    match key {
        Key::Interned(_) => true,
        Key::Const(ConstKey(Const::Int(value))) => (-5..=256).contains(value),
        Key::Const(ConstKey(Const::Tuple(items))) => items.is_empty(),
        Key::Const(ConstKey(Const::Bytes(bytes))) => bytes.len() < 2,
        _ => false,
    }
}

impl Sharing {
    fn collect_qualnames(&mut self, item: &Item<'_>, depth: usize) {
        if let Item::Code(CodeData { qualname, .. }) = item {
            self.qualnames.insert(qualname.clone());
        } else if let Item::Const(Const::Code(code)) = item {
            self.qualnames.insert(code.qualname.clone());
        }
        if depth < MAX_STACK_DEPTH {
            item.contents().iter().for_each(|content| self.collect_qualnames(content, depth + 1));
        }
    }

    /// Counts a reference; whether it is the first.
    fn count(&mut self, item: &Item<'_>) -> bool {
        let Some(key) = item.key(&self.qualnames) else { return true };
        let number = self.counts.len();
        let (_, count) = self.counts.entry(key).or_insert((number, 0));
        *count += 1;
        *count == 1
    }

    fn visit(&mut self, item: &Item<'_>, depth: usize) -> Result<(), WriteError> {
        if depth >= MAX_STACK_DEPTH {
            return Err(WriteError::TooDeep);
        }
        if self.count(item) || depth == 0 {
            for content in item.contents() {
                self.visit(&content, depth + 1)?;
                if let Item::Const(Const::FrozenSet(_)) = item {
                    // The frozenset that the compiler made holds it too.
                    self.count(&content);
                }
            }
        }
        Ok(())
    }
}

struct Dumper<'s> {
    writer: Writer,
    sharing: &'s Sharing,
    /// Identities for objects without equals, counted down.
    unique: usize,
}

impl Dumper<'_> {
    fn begin(&mut self, item: &Item<'_>) -> Begun {
        let identity = match item.key(&self.sharing.qualnames) {
            Some(key) => {
                let shared = self.sharing.counts.get(&key).copied();
                shared.filter(|(_, count)| *count > 1 || is_immortal(&key)).map(|(number, _)| number)
            }
            None if matches!(item, Item::Bytecode(_)) => {
                self.unique -= 1;
                Some(self.unique)
            }
            None => None,
        };
        self.writer.begin(identity)
    }

    fn item(&mut self, item: &Item<'_>) -> Result<(), WriteError> {
        match item {
            Item::Const(Const::None) => self.writer.none(),
            Item::Const(Const::True) => self.writer.bool(true),
            Item::Const(Const::False) => self.writer.bool(false),
            Item::Const(Const::Ellipsis) => self.writer.ellipsis(),
            _ => {
                if let Begun::New(flag) = self.begin(item) {
                    return self.object(item, flag);
                }
            }
        }
        Ok(())
    }

    fn object(&mut self, item: &Item<'_>, flag: Flag) -> Result<(), WriteError> {
        let writer = &mut self.writer;
        match item {
            Item::Const(value) => return self.constant(value, flag, item),
            Item::Code(code) => return self.code(code, flag),
            Item::Name(text) => writer.text(flag, text, true)?,
            Item::Bytes(bytes) | Item::OwnBytes(bytes) | Item::Bytecode(bytes) => writer.bytes(flag, bytes)?,
            Item::Names(items) | Item::OwnNames(items) => writer.tuple(flag, items.len())?,
            Item::Consts(items) => writer.tuple(flag, items.len())?,
        }
        self.all(item)
    }

    fn all(&mut self, item: &Item<'_>) -> Result<(), WriteError> {
        item.contents().iter().try_for_each(|content| self.item(content))
    }

    fn constant(&mut self, value: &Const, flag: Flag, item: &Item<'_>) -> Result<(), WriteError> {
        let writer = &mut self.writer;
        match value {
            Const::None => writer.none(),
            Const::True => writer.bool(true),
            Const::False => writer.bool(false),
            Const::Ellipsis => writer.ellipsis(),
            Const::Int(value) => writer.int(flag, *value),
            Const::BigInt(value) => writer.big_int(flag, value),
            Const::Float(value) => writer.float(flag, *value),
            Const::Complex { real, imag } => writer.complex(flag, *real, *imag),
            Const::Str(text) => writer.text(flag, text, is_interned(text) || self.sharing.qualnames.contains(text))?,
            Const::Bytes(bytes) => writer.bytes(flag, bytes)?,
            Const::Tuple(items) => {
                writer.tuple(flag, items.len())?;
                self.all(item)?;
            }
            Const::Slice(_) => {
                writer.slice(flag)?;
                self.all(item)?;
            }
            Const::FrozenSet(items) => {
                writer.set(flag, true, items.len())?;
                let mut sorted = Vec::with_capacity(items.len());
                for item in items.iter() {
                    let mut alone = Dumper { writer: Writer::new(VERSION), sharing: self.sharing, unique: usize::MAX };
                    alone.item(&Item::Const(item))?;
                    sorted.push((alone.writer.finish(), item));
                }
                sorted.sort_by(|a, b| a.0.cmp(&b.0));
                for (_, item) in sorted {
                    self.item(&Item::Const(item))?;
                }
            }
            Const::Code(code) => self.code(code, flag)?,
        }
        Ok(())
    }

    fn code(&mut self, code: &CodeData, flag: Flag) -> Result<(), WriteError> {
        self.writer.code(flag);
        for field in [code.argcount, code.posonlyargcount, code.kwonlyargcount, code.stacksize, code.flags] {
            self.writer.long(field as i32);
        }
        for (index, content) in code_contents(code).iter().enumerate() {
            if index == 8 {
                self.writer.long(code.firstlineno);
            }
            self.item(content)?;
        }
        Ok(())
    }
}
