//! Methods of arrays.

use super::code::find;
use super::object::{self, Array, byte_argument};
use crate::util;
use runtime::buffer::{self, flags};
use runtime::protocols::{attribute, call, compare, number};
use runtime::types::list::{self, List};
use runtime::types::str::Str;
use runtime::types::{bytes, generic_alias, int};
use runtime::{Args, Obj, ObjExt, Py, PyResult, Raised, Thread, Type, none};

/// Bytes written at once by `tofile`.
const BLOCK: usize = 64 * 1024;

/// The bound of a search: clipped, counted from the end when negative.
fn bound(th: &Thread, o: Option<&Obj>, default: isize, len: usize) -> PyResult<isize> {
    let Some(o) = o else { return Ok(default) };
    if o.ty().slots.nb_index.get().is_none() {
        return Err(th.type_error("slice indices must be integers or have an __index__ method"));
    }
    let i = number::index_clipped(th, o)?;
    Ok(if i < 0 { i.saturating_add(len as isize).max(0) } else { i })
}

impl Array {
    /// The position of the first item equal to `v`.
    pub(super) fn find(&self, th: &Thread, v: &Obj, mut from: isize, to: isize) -> PyResult<Option<usize>> {
        while from < to {
            let Some(item) = self.get(th, from as usize)? else { break };
            if compare::eq(th, &item, v)? {
                return Ok(Some(from as usize));
            }
            from += 1;
        }
        Ok(None)
    }

    fn remove_at(&self, th: &Thread, i: usize) -> PyResult<()> {
        let size = self.code.size;
        self.resize(th, |bytes| drop(bytes.drain(i * size..(i + 1) * size)))
    }
}

fn only_for_text(th: &Thread, method: &str) -> Raised {
    th.value_error(format!("{method}() may only be called on unicode type arrays ('u' or 'w')"))
}

/// The instance's `__dict__`, or `None`.
fn instance_dict(th: &Thread, slf: &Obj) -> PyResult<Obj> {
    Ok(attribute::lookup_opt_str(th, slf, "__dict__")?.unwrap_or_else(none))
}

#[macros::pymethods]
impl Array {
    #[new(name = "array")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        object::new(th, cls, args)
    }

    /// the typecode character used to create the array
    #[getter]
    fn typecode(_th: &Thread, slf: &Py<Array>) -> String {
        slf.code.name().to_string()
    }

    /// the size, in bytes, of one array item
    #[getter]
    fn itemsize(_th: &Thread, slf: &Py<Array>) -> usize {
        slf.code.size
    }

    /// Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.
    ///
    /// The length should be multiplied by the itemsize attribute to
    /// calculate the buffer length in bytes.
    #[pymethod(sig = "($self, /)")]
    fn buffer_info(th: &Thread, slf: &Py<Array>) -> PyResult<Obj> {
        let lent = buffer::get(th, slf.content.as_obj(), flags::SIMPLE)?;
        Ok(util::tuple_of([int::from_u64(lent.as_ptr() as u64), int::from_u64(slf.len() as u64)]))
    }

    /// Return a copy of the array.
    #[pymethod(sig = "($self, /)")]
    fn __copy__(th: &Thread, slf: &Py<Array>) -> Obj {
        Array::plain(th, slf.code, slf.content.to_vec())
    }

    /// Return a copy of the array.
    #[pymethod(sig = "($self, unused, /)")]
    fn __deepcopy__(th: &Thread, slf: &Py<Array>, _unused: &Obj) -> Obj {
        Array::plain(th, slf.code, slf.content.to_vec())
    }

    /// Return number of occurrences of v in the array.
    #[pymethod(sig = "($self, v, /)")]
    fn count(th: &Thread, slf: &Py<Array>, v: &Obj) -> PyResult<usize> {
        let (mut n, mut from) = (0, 0);
        while let Some(i) = slf.find(th, v, from, isize::MAX)? {
            n += 1;
            from = i as isize + 1;
        }
        Ok(n)
    }

    /// Return index of first occurrence of v in the array.
    ///
    /// Raise ValueError if the value is not present.
    #[pymethod(sig = "($self, v, start=0, stop=sys.maxsize, /)")]
    fn index(th: &Thread, slf: &Py<Array>, v: &Obj, start: Option<&Obj>, stop: Option<&Obj>) -> PyResult<usize> {
        let start = bound(th, start, 0, slf.len())?;
        let stop = bound(th, stop, isize::MAX, slf.len())?;
        slf.find(th, v, start, stop)?.ok_or_else(|| th.value_error("array.index(x): x not in array"))
    }

    /// Convert array to an ordinary list with the same items.
    #[pymethod(sig = "($self, /)")]
    fn tolist(th: &Thread, slf: &Py<Array>) -> PyResult<Py<List>> {
        Ok(list::from_vec(th, slf.to_vec(th)?))
    }

    /// Convert the array to an array of machine values and return the bytes representation.
    #[pymethod(sig = "($self, /)")]
    fn tobytes(_th: &Thread, slf: &Py<Array>) -> Obj {
        bytes::new(&slf.content.to_vec()).into_obj()
    }

    /// Extends this array with data from the unicode string ustr.
    ///
    /// Convert the array to a unicode string.  The array must be a unicode
    /// type array; otherwise a ValueError is raised.  Use
    /// array.tobytes().decode() to obtain a unicode string from an array of
    /// some other type.
    #[pymethod(sig = "($self, /)")]
    fn tounicode(th: &Thread, slf: &Py<Array>) -> PyResult<Obj> {
        if slf.code.is_text() { slf.text(th) } else { Err(only_for_text(th, "tounicode")) }
    }

    /// Write all items (as machine values) to the file object f.
    #[pymethod(sig = "($self, f, /)")]
    fn tofile(th: &Thread, slf: &Py<Array>, f: &Obj) -> PyResult<()> {
        let content = slf.content.to_vec();
        for block in content.chunks(BLOCK) {
            call::call_method(th, f, "write", &[bytes::new(block).into_obj()])?;
        }
        if content.is_empty() && slf.len() > 0 {
            attribute::get_str(th, f, "write")?;
        }
        Ok(())
    }

    /// Return state information for pickling.
    #[pymethod(sig = "($self, value, /)")]
    fn __reduce_ex__(th: &Thread, slf: &Py<Array>, value: &Obj) -> PyResult<Obj> {
        if !int::is_int(value) {
            return Err(th.type_error("__reduce_ex__ argument should be an integer"));
        }
        let protocol = number::index_i64(th, value)?;
        let ty = util::type_obj(slf.as_obj());
        let dict = instance_dict(th, slf.as_obj())?;
        let typecode = util::string(&slf.code.name().to_string());
        if protocol < 3 {
            let items = list::from_vec(th, slf.to_vec(th)?).into_obj();
            return Ok(util::tuple_of([ty, util::tuple_of([typecode, items]), dict]));
        }
        let module = runtime::import::import_module(th, "array")?;
        let rebuild = attribute::get_str(th, &module, "_array_reconstructor")?;
        let content = bytes::new(&slf.content.to_vec()).into_obj();
        let args = util::tuple_of([ty, typecode, Obj::small_int(slf.code.machine), content]);
        Ok(util::tuple_of([rebuild, args, dict]))
    }

    /// Size of the array in memory, in bytes.
    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Py<Array>) -> usize {
        // CPython's fixed part is 64 bytes.
        64 + slf.content.len()
    }

    /// Arrays are generic over the type of their elements
    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, object: &Obj) -> PyResult<Obj> {
        generic_alias::class_getitem(th, cls, Args::positional_only(std::slice::from_ref(object)))
    }
}

#[macros::pymethods(CHANGES)]
impl Array {
    /// Append new value v to the end of the array.
    #[pymethod(sig = "($self, v, /)")]
    fn append(th: &Thread, slf: &Py<Array>, v: &Obj) -> PyResult<()> {
        slf.push(th, v)
    }

    /// Byteswap all items of the array.
    ///
    /// If the items in the array are not 1, 2, 4, or 8 bytes in size,
    /// RuntimeError is raised.
    #[pymethod(sig = "($self, /)")]
    fn byteswap(_th: &Thread, slf: &Py<Array>) {
        let size = slf.code.size;
        slf.content.change(|bytes| bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse));
    }

    /// Remove all items from the array.
    #[pymethod(name = "clear", sig = "($self, /)")]
    fn py_clear(th: &Thread, slf: &Py<Array>) -> PyResult<()> {
        slf.resize(th, Vec::clear)
    }

    /// Append items to the end of the array.
    #[pymethod(name = "extend", sig = "($self, bb, /)")]
    fn py_extend(th: &Thread, slf: &Py<Array>, bb: &Obj) -> PyResult<()> {
        slf.extend(th, bb)
    }

    /// Read n objects from the file object f and append them to the end of the array.
    #[pymethod(sig = "($self, f, n, /)")]
    fn fromfile(th: &Thread, slf: &Py<Array>, f: &Obj, n: isize) -> PyResult<()> {
        if n < 0 {
            return Err(th.value_error("negative count"));
        }
        let Some(wanted) = isize::checked_mul(n, slf.code.size as isize) else { return Err(th.memory_error()) };
        let read = call::call_method(th, f, "read", &[int::from_i64(wanted as i64)])?;
        let Some(data) = bytes::of(&read) else { return Err(th.type_error("read() didn't return bytes")) };
        slf.extend_bytes(th, data)?;
        if data.len() as isize == wanted { Ok(()) } else { Err(th.eof_error("read() didn't return enough bytes")) }
    }

    /// Append items to array from list.
    #[pymethod(sig = "($self, list, /)")]
    fn fromlist(th: &Thread, slf: &Py<Array>, list: &Obj) -> PyResult<()> {
        let Some(list) = list.downcast::<List>() else { return Err(th.type_error("arg must be list")) };
        let n = list.len();
        if n == 0 {
            return Ok(());
        }
        let mut more = Vec::with_capacity(n * slf.code.size);
        for i in 0..n {
            let raw = match list.get(i) {
                Some(o) => slf.code.encode(th, &o)?,
                None => return Err(th.runtime_error("list changed size during iteration")),
            };
            if list.len() != n {
                return Err(th.runtime_error("list changed size during iteration"));
            }
            more.extend_from_slice(&raw[..slf.code.size]);
        }
        slf.resize(th, |bytes| bytes.extend(more))
    }

    /// Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method.
    #[pymethod(sig = "($self, buffer, /)")]
    fn frombytes(th: &Thread, slf: &Py<Array>, buffer: &Obj) -> PyResult<()> {
        let data = byte_argument(th, buffer)?;
        slf.extend_bytes(th, &data)
    }

    /// Extends this array with data from the unicode string ustr.
    ///
    /// The array must be a unicode type array; otherwise a ValueError is
    /// raised.  Use array.frombytes(ustr.encode(...)) to append Unicode
    /// data to an array of some other type.
    #[pymethod(sig = "($self, ustr, /)")]
    fn fromunicode(th: &Thread, slf: &Py<Array>, ustr: &Py<Str>) -> PyResult<()> {
        if slf.code.is_text() { slf.extend_text(th, ustr) } else { Err(only_for_text(th, "fromunicode")) }
    }

    /// Insert a new item v into the array before position i.
    #[pymethod(sig = "($self, i, v, /)")]
    fn insert(th: &Thread, slf: &Py<Array>, i: isize, v: &Obj) -> PyResult<()> {
        let raw = slf.code.encode(th, v)?;
        let len = slf.len() as isize;
        let i = if i < 0 { i.saturating_add(len).max(0) } else { i.min(len) } as usize;
        let size = slf.code.size;
        slf.resize(th, |bytes| drop(bytes.splice(i * size..i * size, raw[..size].iter().copied())))
    }

    /// Return the i-th element and delete it from the array.
    ///
    /// i defaults to -1.
    #[pymethod(sig = "($self, i=-1, /)")]
    fn pop(th: &Thread, slf: &Py<Array>, i: Option<isize>) -> PyResult<Obj> {
        let len = slf.len() as isize;
        if len == 0 {
            return Err(th.index_error("pop from empty array"));
        }
        let i = i.unwrap_or(-1);
        let i = if i < 0 { i.saturating_add(len) } else { i };
        if !(0..len).contains(&i) {
            return Err(th.index_error("pop index out of range"));
        }
        let Some(item) = slf.get(th, i as usize)? else { return Err(th.index_error("pop index out of range")) };
        slf.remove_at(th, i as usize)?;
        Ok(item)
    }

    /// Remove the first occurrence of v in the array.
    #[pymethod(sig = "($self, v, /)")]
    fn remove(th: &Thread, slf: &Py<Array>, v: &Obj) -> PyResult<()> {
        match slf.find(th, v, 0, isize::MAX)? {
            Some(i) if i < slf.len() => slf.remove_at(th, i),
            _ => Err(th.value_error("array.remove(x): x not in array")),
        }
    }

    /// Reverse the order of the items in the array.
    #[pymethod(sig = "($self, /)")]
    fn reverse(_th: &Thread, slf: &Py<Array>) {
        let size = slf.code.size;
        slf.content.change(|bytes| {
            bytes.reverse();
            bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
        });
    }
}

/// The character that a type code argument of the module's functions is.
pub(super) fn known_code(letter: u32) -> bool {
    find(letter).is_some()
}
