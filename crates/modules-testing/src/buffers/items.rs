//! Items from and to bytes, by `struct`.

use runtime::buffer::Buffer;
use runtime::protocols::{call, number, sequence};
use runtime::types::list::List;
use runtime::types::tuple::{self, Tuple};
use runtime::types::{bytes, float, int, str as pystr};
use runtime::{Obj, ObjExt, PyResult, Thread, import};

/// How the items of an array look as bytes.
pub(super) struct Layout {
    /// `struct.Struct(format)`.
    compiled: Obj,
    pub(super) size: usize,
    /// How many values make an item.
    values: usize,
}

impl Layout {
    /// Errors: `struct.error` for a format that is none.
    pub(super) fn new(th: &Thread, format: &str) -> PyResult<Layout> {
        let module = import::import_module(th, "struct")?;
        let compiled = call::call_method(th, &module, "Struct", &[pystr::new(format).into_obj()])?;
        let size = runtime::protocols::attribute::get_str(th, &compiled, "size")?;
        let size = number::index_isize(th, &size, "itemsize is too large")?.max(0) as usize;
        let zeros = bytes::new(&vec![0; size]).into_obj();
        let unpacked = call::call_method(th, &compiled, "unpack", &[zeros])?;
        let values = sequence::len(th, &unpacked)?;
        Ok(Layout { compiled, size, values })
    }

    /// The bytes of an item. Errors: `ValueError` if it has not as many values as the format.
    pub(super) fn pack(&self, th: &Thread, item: &Obj) -> PyResult<Vec<u8>> {
        let plain = int::is_int(item) || float::value_of(item).is_some() || bytes::of(item).is_some();
        let values = match parts(item) {
            Some(values) if values.len() == self.values => values,
            None if plain && self.values == 1 => vec![item.clone()],
            _ => return Err(th.value_error("mismatch between initializer element and format string")),
        };
        let packed = call::call_method(th, &self.compiled, "pack", &values)?;
        runtime::buffer::bytes_of(th, &packed)
    }

    /// The item of some bytes: one value, or a tuple of several.
    pub(super) fn unpack(&self, th: &Thread, content: &[u8]) -> PyResult<Obj> {
        let unpacked = call::call_method(th, &self.compiled, "unpack", &[bytes::new(content).into_obj()])?;
        match unpacked.downcast::<Tuple>().map(|t| t.items()) {
            Some([one]) => Ok(one.clone()),
            _ => Ok(unpacked),
        }
    }

    /// The item at a place of lent memory.
    pub(super) fn read(&self, th: &Thread, memory: &Buffer, place: isize) -> PyResult<Obj> {
        if self.size != memory.itemsize {
            return Err(th.value_error("itemsize does not match the format"));
        }
        let mut content = vec![0; self.size];
        memory.read(place, &mut content);
        self.unpack(th, &content)
    }
}

/// The items of a list or tuple.
pub(super) fn parts(o: &Obj) -> Option<Vec<Obj>> {
    if let Some(list) = o.downcast::<List>() {
        return Some(list.to_vec());
    }
    o.downcast::<Tuple>().map(|t| t.items().to_vec())
}

/// The bytes of all items, one behind the other.
pub(super) fn pack_all(th: &Thread, layout: &Layout, items: &[Obj]) -> PyResult<Vec<u8>> {
    let mut out = Vec::with_capacity(items.len() * layout.size);
    for item in items {
        out.extend(layout.pack(th, item)?);
    }
    Ok(out)
}

/// Numbers as a tuple.
pub(super) fn numbers(items: &[isize]) -> Obj {
    tuple::from_vec(items.iter().map(|n| runtime::int_obj(*n as i64)).collect()).into_obj()
}
