//! `array.array`: storage and construction.

use super::code::{self, Code, Raw, character};
use ::object::Payload;
use runtime::buffer::{self, BytesLike};
use runtime::protocols::iterate;
use runtime::types::bytes::{self, ByteArray};
use runtime::types::list::List;
use runtime::types::str::{self as pystr, Str};
use runtime::types::tuple::Tuple;
use runtime::types::type_::alloc_instance;
use runtime::warnings;
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, TypeObject};

#[macros::pyclass(
    name = "array",
    module = "array",
    flags = BASETYPE | SEQUENCE | MANAGED_WEAKREF,
    methods(METHODS, CHANGES, SLOTS),
    doc = DOC
)]
pub(crate) struct Array {
    pub(super) code: &'static Code,
    /// The bytes of the items, in an object of their own, which lends them.
    pub(super) content: Py<ByteArray>,
}

impl Payload for Array {}

impl Array {
    pub(super) fn make(th: &Thread, ty: &TypeObject, code: &'static Code, content: Vec<u8>) -> Py<Array> {
        let content = bytes::new_array(th, ByteArray::TYPE, content);
        alloc_instance(th, ty, Array { code, content })
    }

    /// An array of exactly this type.
    pub(super) fn plain(th: &Thread, code: &'static Code, content: Vec<u8>) -> Obj {
        let content = bytes::new_array(th, ByteArray::TYPE, content);
        alloc_instance(th, Array::TYPE, Array { code, content }).into_obj()
    }

    /// Number of items.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.content.len() >> self.code.size.trailing_zeros()
    }

    /// The item at a position, if there is one.
    #[inline]
    pub(super) fn get(&self, th: &Thread, i: usize) -> PyResult<Option<Obj>> {
        self.content.change(|bytes| self.code.decode(th, bytes, i))
    }

    /// Replaces an item; `false` if there is none at that position.
    #[inline]
    pub(super) fn set(&self, i: usize, raw: Raw) -> bool {
        let size = self.code.size;
        self.content.change(|bytes| {
            let Some(place) = bytes.get_mut(i * size..(i + 1) * size) else { return false };
            match size {
                8 => place.copy_from_slice(&raw),
                4 => place.copy_from_slice(&raw[..4]),
                _ => place.copy_from_slice(&raw[..size]),
            }
            true
        })
    }

    /// Changes the number of items. `f` runs no Python code.
    /// Errors: `BufferError` while the array is lent.
    pub(super) fn resize<R>(&self, th: &Thread, f: impl FnOnce(&mut Vec<u8>) -> R) -> PyResult<R> {
        if self.content.is_lent() {
            return Err(th.buffer_error("cannot resize an array that is exporting buffers"));
        }
        self.content.resize(th, f)
    }

    #[inline]
    pub(super) fn push(&self, th: &Thread, o: &Obj) -> PyResult<()> {
        let raw = self.code.encode(th, o)?;
        self.resize(th, |bytes| bytes.extend_from_slice(&raw[..self.code.size]))
    }

    /// All items as objects.
    pub(super) fn to_vec(&self, th: &Thread) -> PyResult<Vec<Obj>> {
        let mut items = Vec::with_capacity(self.len());
        self.append_to(th, 0, &mut items)?;
        Ok(items)
    }

    /// Appends the items from a position on, as objects, to `to`.
    pub(super) fn append_to(&self, th: &Thread, from: usize, to: &mut Vec<Obj>) -> PyResult<()> {
        self.content.change(|bytes| self.code.decode_all(th, bytes.get(from * self.code.size..).unwrap_or(&[]), to))
    }

    /// Appends the items of any iterable.
    pub(super) fn extend(&self, th: &Thread, iterable: &Obj) -> PyResult<()> {
        if let Some(other) = iterable.downcast::<Array>() {
            return self.extend_array(th, other);
        }
        iterate::for_each(th, iterable, |o| self.push(th, &o))
    }

    pub(super) fn extend_array(&self, th: &Thread, other: &Array) -> PyResult<()> {
        if other.code.letter != self.code.letter {
            return Err(th.type_error("can only extend with array of same kind"));
        }
        let more = other.content.to_vec();
        if more.is_empty() { Ok(()) } else { self.resize(th, |bytes| bytes.extend(more)) }
    }

    /// Appends the characters of a string; the array is one of characters.
    pub(super) fn extend_text(&self, th: &Thread, text: &Str) -> PyResult<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.resize(th, |bytes| bytes.extend(text.chars().iter().flat_map(u32::to_le_bytes)))
    }

    /// Appends raw items.
    pub(super) fn extend_bytes(&self, th: &Thread, data: &[u8]) -> PyResult<()> {
        if !data.len().is_multiple_of(self.code.size) {
            return Err(th.value_error("bytes length not a multiple of item size"));
        }
        if data.is_empty() { Ok(()) } else { self.resize(th, |bytes| bytes.extend_from_slice(data)) }
    }

    /// The characters as text.
    pub(super) fn text(&self, th: &Thread) -> PyResult<Obj> {
        let content = self.content.to_vec();
        let words: Vec<u32> = content.as_chunks::<4>().0.iter().map(|w| u32::from_le_bytes(*w)).collect();
        if words.iter().any(|&c| c > 0x10ffff) {
            // Says what is wrong with it.
            let raw = bytes::new(&content).into_obj();
            return runtime::codecs::decode_object(th, &raw, "utf-32-le", None);
        }
        Ok(pystr::from_chars(text::Chars::Ucs4(&words)).into_obj())
    }
}

/// Raises if an array of this code can't start from that object; a `str` or an array of characters must meet one of characters.
fn check_initial(th: &Thread, code: &Code, initial: &Obj) -> PyResult<()> {
    if code.is_text() {
        return Ok(());
    }
    if initial.downcast::<Str>().is_some() {
        return Err(th.type_error(format!("cannot use a str to initialize an array with typecode '{}'", code.name())));
    }
    if initial.downcast::<Array>().is_some_and(|a| a.code.is_text()) {
        return Err(th.type_error(format!("cannot use a unicode array to initialize an array with typecode '{}'", code.name())));
    }
    Ok(())
}

/// `array(typecode, initial)` of a type.
pub(super) fn build(th: &Thread, ty: &TypeObject, typecode: u32, initial: Option<&Obj>) -> PyResult<Obj> {
    if typecode == u32::from(b'u') {
        let text = "The 'u' type code is deprecated and will be removed in Python 3.16";
        warnings::warn_deprecated(th, text)?;
    }
    let found = code::find(typecode);
    if let (Some(code), Some(initial)) = (found, initial) {
        check_initial(th, code, initial)?;
    }
    let Some(code) = found else {
        return Err(th.value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"));
    };
    let array = Array::make(th, ty, code, Vec::new());
    let Some(initial) = initial else { return Ok(array.into_obj()) };
    if let Some(text) = initial.downcast::<Str>() {
        array.extend_text(th, text)?;
    } else if initial.downcast::<bytes::Bytes>().is_some() || initial.downcast::<ByteArray>().is_some() {
        let data = buffer::bytes_of(th, initial)?;
        array.extend_bytes(th, &data)?;
    } else if let Some(other) = initial.downcast::<Array>().filter(|a| a.code.letter == code.letter) {
        array.extend_array(th, other)?;
    } else if let Some(list) = initial.downcast::<List>() {
        array.content.resize(th, |bytes| bytes.reserve(list.len() * code.size))?;
        let mut i = 0;
        while let Some(o) = list.get(i) {
            array.push(th, &o)?;
            i += 1;
        }
    } else if let Some(tuple) = initial.downcast::<Tuple>() {
        tuple.items().iter().try_for_each(|o| array.push(th, o))?;
    } else {
        iterate::for_each(th, initial, |o| array.push(th, &o))?;
    }
    Ok(array.into_obj())
}

/// `array.array.__new__`.
pub(super) fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
    let exact = std::ptr::eq(cls.as_object(), Array::TYPE);
    if args.has_keywords() && (exact || !cls.overrides_init(Array::TYPE)) {
        return Err(th.type_error("array.array() takes no keyword arguments"));
    }
    let (typecode, initial) = match args.pos() {
        [typecode] => (typecode, None),
        [typecode, initial] => (typecode, Some(initial)),
        [] => return Err(th.type_error("array() takes at least 1 argument (0 given)")),
        more => return Err(th.type_error(format!("array() takes at most 2 arguments ({} given)", more.len()))),
    };
    let typecode = character(th, typecode, "array() argument 1")?;
    build(th, cls.as_object(), typecode, initial)
}

/// An argument that lends bytes and nothing wider.
pub(super) fn byte_argument(th: &Thread, o: &Obj) -> PyResult<Vec<u8>> {
    let lent = buffer::get(th, o, buffer::flags::SIMPLE)?;
    if lent.itemsize != 1 {
        return Err(th.type_error("a bytes-like object is required"));
    }
    drop(lent);
    Ok(BytesLike::new(th, o)?.as_slice().to_vec())
}

const DOC: &str = "array(typecode [, initializer]) -> array

Return a new array whose items are restricted by typecode, and
initialized from the optional initializer value, which must be a list,
string or iterable over elements of the appropriate type.

Arrays represent basic values and behave very much like lists, except
the type of objects stored in them is constrained. The type is specified
at object creation time by using a type code, which is a single character.
The following type codes are defined:

    Type code   C Type             Minimum size in bytes
    'b'         signed integer     1
    'B'         unsigned integer   1
    'u'         Unicode character  2 (see note)
    'h'         signed integer     2
    'H'         unsigned integer   2
    'i'         signed integer     2
    'I'         unsigned integer   2
    'l'         signed integer     4
    'L'         unsigned integer   4
    'q'         signed integer     8 (see note)
    'Q'         unsigned integer   8 (see note)
    'f'         floating-point     4
    'd'         floating-point     8

NOTE: The 'u' typecode corresponds to Python's unicode character. On
narrow builds this is 2-bytes on wide builds this is 4-bytes.

NOTE: The 'q' and 'Q' type codes are only available if the platform
C compiler used to build Python supports 'long long', or, on Windows,
'__int64'.

Methods:

append() -- append a new item to the end of the array
buffer_info() -- return information giving the current memory info
byteswap() -- byteswap all the items of the array
count() -- return number of occurrences of an object
extend() -- extend array by appending multiple elements from an iterable
fromfile() -- read items from a file object
fromlist() -- append items from the list
frombytes() -- append items from the string
index() -- return index of first occurrence of an object
insert() -- insert a new item into the array at a provided position
pop() -- remove and return item (default last)
remove() -- remove first occurrence of an object
reverse() -- reverse the order of the items in the array
tofile() -- write all items to a file object
tolist() -- return the array converted to an ordinary list
tobytes() -- return the array converted to a string

Attributes:

typecode -- the typecode character used to create the array
itemsize -- the length in bytes of one array item
";
