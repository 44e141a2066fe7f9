//! Reading: any bytes give a value or an error.

use super::{MAX_STACK_DEPTH, ReadError, kind};
use dashu_int::{IBig, UBig};

/// Where bytes come from.
pub trait Source {
    /// What reading may raise, and what the builder may raise.
    type Error: From<ReadError>;

    /// The next `size` bytes; `None` when there are fewer.
    fn read(&mut self, size: usize) -> Result<Option<&[u8]>, Self::Error>;
}

/// Bytes in memory.
#[derive(Clone, Debug)]
pub struct SliceSource<'a, E> {
    rest: &'a [u8],
    error: std::marker::PhantomData<fn() -> E>,
}

impl<'a, E> SliceSource<'a, E> {
    pub fn new(bytes: &'a [u8]) -> SliceSource<'a, E> {
        SliceSource { rest: bytes, error: std::marker::PhantomData }
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<E: From<ReadError>> Source for SliceSource<'_, E> {
    type Error = E;

    fn read(&mut self, size: usize) -> Result<Option<&[u8]>, E> {
        let Some((read, rest)) = self.rest.split_at_checked(size) else { return Ok(None) };
        self.rest = rest;
        Ok(Some(read))
    }
}

/// Makes values of what is read.
///
/// Lists, dicts and sets are made empty and then filled, since they may contain themselves.
pub trait Builder {
    type Value: Clone;
    type Error: From<ReadError>;

    fn none(&mut self) -> Self::Value;
    fn bool(&mut self, value: bool) -> Self::Value;
    fn ellipsis(&mut self) -> Self::Value;
    fn stop_iteration(&mut self) -> Result<Self::Value, Self::Error>;
    fn int(&mut self, value: i64) -> Result<Self::Value, Self::Error>;
    /// Any size, small ones included.
    fn big_int(&mut self, value: IBig) -> Result<Self::Value, Self::Error>;
    fn float(&mut self, value: f64) -> Result<Self::Value, Self::Error>;
    fn complex(&mut self, real: f64, imag: f64) -> Result<Self::Value, Self::Error>;
    fn bytes(&mut self, value: &[u8]) -> Result<Self::Value, Self::Error>;
    /// Text in UTF-8 where surrogates are allowed; has to check that it is.
    fn text(&mut self, utf8: &[u8], interned: bool) -> Result<Self::Value, Self::Error>;
    /// Text with one byte for each character, ASCII as a rule.
    fn latin1(&mut self, characters: &[u8], interned: bool) -> Result<Self::Value, Self::Error>;
    fn tuple(&mut self, items: Vec<Self::Value>) -> Result<Self::Value, Self::Error>;
    /// A tuple that something in it refers to: made before its items are known. `None` where there can be no such thing.
    fn unfinished_tuple(&mut self, size: usize) -> Option<Self::Value>;
    /// Puts the items into a tuple that `unfinished_tuple` made.
    fn finish_tuple(&mut self, tuple: &Self::Value, items: Vec<Self::Value>);
    fn frozenset(&mut self, items: Vec<Self::Value>) -> Result<Self::Value, Self::Error>;
    fn slice(&mut self, parts: [Self::Value; 3]) -> Result<Self::Value, Self::Error>;
    fn list(&mut self) -> Result<Self::Value, Self::Error>;
    fn list_append(&mut self, list: &Self::Value, item: Self::Value) -> Result<(), Self::Error>;
    fn set(&mut self) -> Result<Self::Value, Self::Error>;
    fn set_add(&mut self, set: &Self::Value, item: Self::Value) -> Result<(), Self::Error>;
    fn dict(&mut self) -> Result<Self::Value, Self::Error>;
    fn dict_insert(&mut self, dict: &Self::Value, key: Self::Value, value: Self::Value) -> Result<(), Self::Error>;
    fn code(&mut self, parts: CodeParts<Self::Value>) -> Result<Self::Value, Self::Error>;
}

/// The fields of a code object as they were read; none of them is checked.
#[derive(Clone, Debug)]
pub struct CodeParts<V> {
    pub argcount: i32,
    pub posonlyargcount: i32,
    pub kwonlyargcount: i32,
    pub stacksize: i32,
    pub flags: i32,
    pub code: V,
    pub consts: V,
    pub names: V,
    pub localsplusnames: V,
    pub localspluskinds: V,
    pub filename: V,
    pub name: V,
    pub qualname: V,
    pub firstlineno: i32,
    pub linetable: V,
    pub exceptiontable: V,
}

/// Reads one object. Without `allow_code`, code objects are refused.
pub fn load<S, B>(source: &mut S, builder: &mut B, allow_code: bool) -> Result<B::Value, B::Error>
where
    S: Source,
    B: Builder<Error = S::Error>,
{
    Reader { source, builder, allow_code, refs: Vec::new(), open_tuples: Vec::new() }.object()
}

const NO_OBJECT: &str = "EOF read where object expected";
const NO_BYTE: &str = "EOF read where not expected";
const TOO_SHORT: &str = "marshal data too short";

fn bad(what: &'static str) -> ReadError {
    ReadError::Value(format!("bad marshal data ({what})").into())
}

struct Reader<'r, S, B: Builder> {
    source: &'r mut S,
    builder: &'r mut B,
    allow_code: bool,
    /// Objects by reference number; `None` while an object is being read that can't be referred to before it is whole.
    refs: Vec<Option<B::Value>>,
    /// Reference number and size of each tuple that is being read.
    open_tuples: Vec<(usize, usize)>,
}

/// What the contents of a container become.
#[derive(Clone, Copy, PartialEq)]
enum Whole {
    Tuple,
    FrozenSet,
    Slice,
    Code,
}

/// A container whose contents are being read.
enum Pending<V> {
    /// Made when all items are there. The slot is its place in `refs`.
    Whole {
        what: Whole,
        items: Vec<V>,
        missing: usize,
        slot: Option<usize>,
        head: [i32; 5],
        firstlineno: i32,
    },
    List {
        list: V,
        missing: usize,
    },
    Set {
        set: V,
        missing: usize,
    },
    Dict {
        dict: V,
        key: Option<V>,
    },
}

/// What the first bytes of an object turned out to be.
enum Started<V> {
    Value(V),
    Null,
    Container(Pending<V>),
}

impl<S, B> Reader<'_, S, B>
where
    S: Source,
    B: Builder<Error = S::Error>,
{
    /// Reads an object with everything in it, with a stack of its own: nesting costs no native stack.
    fn object(&mut self) -> Result<B::Value, B::Error> {
        let mut stack: Vec<Pending<B::Value>> = Vec::new();
        loop {
            if stack.len() >= MAX_STACK_DEPTH {
                return Err(ReadError::Value("recursion limit exceeded".into()).into());
            }
            let mut read = match self.start()? {
                Started::Value(value) => Some(value),
                Started::Null => None,
                Started::Container(pending) => match self.finished(pending)? {
                    Ok(value) => Some(value),
                    Err(pending) => {
                        stack.push(pending);
                        continue;
                    }
                },
            };
            loop {
                let Some(pending) = stack.pop() else {
                    return read.ok_or_else(|| null_object("object").into());
                };
                match self.put(pending, read)? {
                    Progress::More(pending) => {
                        stack.push(pending);
                        break;
                    }
                    Progress::Done(value) => read = value,
                }
            }
        }
    }

    /// Puts what was read into its container; `None` stands for a null.
    fn put(&mut self, pending: Pending<B::Value>, read: Option<B::Value>) -> Result<Progress<B::Value>, B::Error> {
        let pending = match (pending, read) {
            (Pending::Dict { dict, key: None }, Some(key)) => return Ok(Progress::More(Pending::Dict { dict, key: Some(key) })),
            (Pending::Dict { dict, key: Some(key) }, Some(value)) => {
                self.builder.dict_insert(&dict, key, value)?;
                return Ok(Progress::More(Pending::Dict { dict, key: None }));
            }
            (Pending::Dict { dict, .. }, None) => return Ok(Progress::Done(Some(dict))),
            (Pending::List { list, missing }, Some(item)) => {
                self.builder.list_append(&list, item)?;
                Pending::List { list, missing: missing - 1 }
            }
            (Pending::Set { set, missing }, Some(item)) => {
                self.builder.set_add(&set, item)?;
                Pending::Set { set, missing: missing - 1 }
            }
            (Pending::Whole { what, mut items, missing, slot, head, mut firstlineno }, Some(item)) => {
                items.push(item);
                if what == Whole::Code && items.len() == 8 {
                    firstlineno = self.long()?;
                }
                Pending::Whole { what, items, missing: missing - 1, slot, head, firstlineno }
            }
            // A slice of which a part is null is null itself.
            (Pending::Whole { what: Whole::Slice, .. }, None) => return Ok(Progress::Done(None)),
            (Pending::Whole { what: Whole::Tuple, .. }, None) => return Err(null_object("tuple").into()),
            (Pending::Whole { what: Whole::Code, .. }, None) => return Err(null_object("code object").into()),
            (Pending::List { .. }, None) => return Err(null_object("list").into()),
            (Pending::Set { .. } | Pending::Whole { .. }, None) => return Err(null_object("set").into()),
        };
        Ok(match self.finished(pending)? {
            Ok(value) => Progress::Done(Some(value)),
            Err(pending) => Progress::More(pending),
        })
    }

    /// The container's value, if nothing is missing.
    #[allow(clippy::type_complexity, reason = "the outer result is an error, the inner one tells the two outcomes apart")]
    fn finished(&mut self, pending: Pending<B::Value>) -> Result<Result<B::Value, Pending<B::Value>>, B::Error> {
        let (what, items, slot, head, firstlineno) = match pending {
            Pending::List { list, missing: 0 } => return Ok(Ok(list)),
            Pending::Set { set, missing: 0 } => return Ok(Ok(set)),
            Pending::Whole { what, items, missing: 0, slot, head, firstlineno } => (what, items, slot, head, firstlineno),
            other => return Ok(Err(other)),
        };
        let value = match what {
            Whole::Tuple => {
                if slot.is_some() {
                    self.open_tuples.pop();
                }
                match slot.and_then(|slot| self.refs[slot].clone()) {
                    Some(unfinished) => {
                        self.builder.finish_tuple(&unfinished, items);
                        unfinished
                    }
                    None => self.builder.tuple(items)?,
                }
            }
            Whole::FrozenSet => self.builder.frozenset(items)?,
            Whole::Slice => match <[B::Value; 3]>::try_from(items) {
                Ok(parts) => self.builder.slice(parts)?,
                Err(_) => return Err(null_object("object").into()),
            },
            Whole::Code => {
                let Ok(
                    [code, consts, names, localsplusnames, localspluskinds, filename, name, qualname, linetable, exceptiontable],
                ) = <[B::Value; 10]>::try_from(items)
                else {
                    return Err(null_object("code object").into());
                };
                let [argcount, posonlyargcount, kwonlyargcount, stacksize, flags] = head;
                self.builder.code(CodeParts {
                    argcount,
                    posonlyargcount,
                    kwonlyargcount,
                    stacksize,
                    flags,
                    code,
                    consts,
                    names,
                    localsplusnames,
                    localspluskinds,
                    filename,
                    name,
                    qualname,
                    firstlineno,
                    linetable,
                    exceptiontable,
                })?
            }
        };
        if let Some(slot) = slot {
            self.refs[slot] = Some(value.clone());
        }
        Ok(Ok(value))
    }

    /// Reads an object that has no contents, or the head of a container.
    fn start(&mut self) -> Result<Started<B::Value>, B::Error> {
        let first = self.source.read(1)?.and_then(|bytes| bytes.first().copied()).ok_or(ReadError::Eof(NO_OBJECT))?;
        let add_ref = first & kind::FLAG_REF != 0;
        let value = match first & !kind::FLAG_REF {
            kind::NULL => return Ok(Started::Null),
            kind::NONE => return Ok(Started::Value(self.builder.none())),
            kind::FALSE => return Ok(Started::Value(self.builder.bool(false))),
            kind::TRUE => return Ok(Started::Value(self.builder.bool(true))),
            kind::ELLIPSIS => return Ok(Started::Value(self.builder.ellipsis())),
            kind::STOPITER => return Ok(Started::Value(self.builder.stop_iteration()?)),
            kind::REF => return Ok(Started::Value(self.reference()?)),
            kind::INT => {
                let value = self.long()?;
                self.builder.int(value.into())?
            }
            kind::INT64 => {
                let value = i64::from_le_bytes(self.array()?);
                self.builder.int(value)?
            }
            kind::LONG => {
                let value = self.big_int()?;
                self.builder.big_int(value)?
            }
            kind::FLOAT => {
                let value = self.float_text()?;
                self.builder.float(value)?
            }
            kind::BINARY_FLOAT => {
                let value = f64::from_le_bytes(self.array()?);
                self.builder.float(value)?
            }
            kind::COMPLEX => {
                let (real, imag) = (self.float_text()?, self.float_text()?);
                self.builder.complex(real, imag)?
            }
            kind::BINARY_COMPLEX => {
                let (real, imag) = (f64::from_le_bytes(self.array()?), f64::from_le_bytes(self.array()?));
                self.builder.complex(real, imag)?
            }
            kind::STRING => {
                let size = self.size("bytes object size out of range")?;
                let bytes = self.source.read(size)?.ok_or(ReadError::Eof(TOO_SHORT))?;
                self.builder.bytes(bytes)?
            }
            code @ (kind::UNICODE | kind::INTERNED) => {
                let size = self.size("string size out of range")?;
                let bytes = self.source.read(size)?.ok_or(ReadError::Eof(TOO_SHORT))?;
                self.builder.text(bytes, code == kind::INTERNED)?
            }
            code @ (kind::ASCII | kind::ASCII_INTERNED | kind::SHORT_ASCII | kind::SHORT_ASCII_INTERNED) => {
                let long = code == kind::ASCII || code == kind::ASCII_INTERNED;
                let size = if long { self.size("string size out of range")? } else { self.byte()?.into() };
                let bytes = self.source.read(size)?.ok_or(ReadError::Eof(TOO_SHORT))?;
                self.builder.latin1(bytes, code == kind::ASCII_INTERNED || code == kind::SHORT_ASCII_INTERNED)?
            }
            kind::TUPLE => {
                let missing = self.size("tuple size out of range")?;
                return Ok(self.whole(Whole::Tuple, missing, add_ref));
            }
            kind::SMALL_TUPLE => {
                let missing = self.byte()?.into();
                return Ok(self.whole(Whole::Tuple, missing, add_ref));
            }
            kind::FROZENSET => {
                let missing = self.size("set size out of range")?;
                return Ok(self.whole(Whole::FrozenSet, missing, add_ref));
            }
            kind::SLICE => return Ok(self.whole(Whole::Slice, 3, add_ref)),
            kind::CODE => return self.code(add_ref),
            code @ (kind::LIST | kind::SET | kind::DICT) => return self.filled_later(code, add_ref),
            _ => return Err(bad("unknown type code").into()),
        };
        if add_ref {
            self.refs.push(Some(value.clone()));
        }
        Ok(Started::Value(value))
    }

    fn whole(&mut self, what: Whole, missing: usize, add_ref: bool) -> Started<B::Value> {
        let slot = add_ref.then_some(self.refs.len());
        if add_ref {
            self.refs.push(None);
            if what == Whole::Tuple {
                self.open_tuples.push((self.refs.len() - 1, missing));
            }
        }
        // The size is not to be trusted before the items are there.
        let items = Vec::with_capacity(missing.min(256));
        Started::Container(Pending::Whole { what, items, missing, slot, head: [0; 5], firstlineno: 0 })
    }

    fn code(&mut self, add_ref: bool) -> Result<Started<B::Value>, B::Error> {
        if !self.allow_code {
            return Err(ReadError::Value("unmarshalling code objects is disallowed".into()).into());
        }
        let mut started = self.whole(Whole::Code, 10, add_ref);
        if let Started::Container(Pending::Whole { head, .. }) = &mut started {
            for field in head {
                *field = self.long()?;
            }
        }
        Ok(started)
    }

    fn filled_later(&mut self, code: u8, add_ref: bool) -> Result<Started<B::Value>, B::Error> {
        let (value, pending) = match code {
            kind::LIST => {
                let missing = self.size("list size out of range")?;
                let list = self.builder.list()?;
                (list.clone(), Pending::List { list, missing })
            }
            kind::SET => {
                let missing = self.size("set size out of range")?;
                let set = self.builder.set()?;
                (set.clone(), Pending::Set { set, missing })
            }
            _ => {
                let dict = self.builder.dict()?;
                (dict.clone(), Pending::Dict { dict, key: None })
            }
        };
        if add_ref {
            self.refs.push(Some(value));
        }
        Ok(Started::Container(pending))
    }

    fn reference(&mut self) -> Result<B::Value, B::Error> {
        let number = usize::try_from(self.long()?).ok();
        let mut value = number.and_then(|number| self.refs.get(number)).cloned().flatten();
        if value.is_none()
            && let Some(&(slot, size)) = self.open_tuples.iter().find(|(slot, _)| Some(*slot) == number)
        {
            value = self.builder.unfinished_tuple(size);
            self.refs[slot].clone_from(&value);
        }
        value.ok_or_else(|| bad("invalid reference").into())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], B::Error> {
        let bytes = self.source.read(N)?.and_then(|bytes| bytes.first_chunk().copied());
        bytes.ok_or_else(|| ReadError::Eof(TOO_SHORT).into())
    }

    fn byte(&mut self) -> Result<u8, B::Error> {
        let byte = self.source.read(1)?.and_then(|bytes| bytes.first().copied());
        byte.ok_or_else(|| ReadError::Eof(NO_BYTE).into())
    }

    fn long(&mut self) -> Result<i32, B::Error> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    fn size(&mut self, what: &'static str) -> Result<usize, B::Error> {
        usize::try_from(self.long()?).map_err(|_| bad(what).into())
    }

    /// Digits of 15 bits, the lowest first; the sign is that of their count.
    fn big_int(&mut self) -> Result<IBig, B::Error> {
        let count = self.long()?;
        if count == i32::MIN {
            return Err(bad("long size out of range").into());
        }
        let digits = count.unsigned_abs() as usize;
        let bytes = digits.checked_mul(2).and_then(|size| self.source.read(size).transpose());
        let bytes = bytes.ok_or(ReadError::Eof(TOO_SHORT))??;
        let mut words = Vec::with_capacity(digits * 15 / 8 + 1);
        let (mut buffer, mut bits, mut last) = (0u32, 0, 1);
        for pair in bytes.chunks_exact(2) {
            last = u16::from_le_bytes([pair[0], pair[1]]);
            if last > 0x7fff {
                return Err(bad("digit out of range in long").into());
            }
            buffer |= u32::from(last) << bits;
            bits += 15;
            while bits >= 8 {
                words.push(buffer as u8);
                buffer >>= 8;
                bits -= 8;
            }
        }
        if last == 0 {
            return Err(bad("unnormalized long data").into());
        }
        words.push(buffer as u8);
        let magnitude = IBig::from(UBig::from_le_bytes(&words));
        Ok(if count < 0 { -magnitude } else { magnitude })
    }

    fn float_text(&mut self) -> Result<f64, B::Error> {
        let size = self.byte()?.into();
        let bytes = self.source.read(size)?.ok_or(ReadError::Eof(TOO_SHORT))?;
        let text = String::from_utf8_lossy(bytes);
        // Python's grammar of floats is that of Rust, plus nothing that was ever written here.
        match text.parse() {
            Ok(value) => Ok(value),
            Err(_) => Err(ReadError::Value(format!("could not convert string to float: '{text}'").into()).into()),
        }
    }
}

enum Progress<V> {
    /// The container needs more.
    More(Pending<V>),
    /// It is whole; `None` when it turned out null.
    Done(Option<V>),
}

fn null_object(container: &str) -> ReadError {
    ReadError::Type(format!("NULL object in marshal data for {container}").into())
}
