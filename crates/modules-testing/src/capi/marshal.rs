//! Files of `marshal`, read and written from native code.

use super::TestCapi;
use runtime::protocols::call;
use runtime::types::exceptions::EOF_ERROR;
use runtime::types::{bytes, str as pystr, tuple};
use runtime::{Obj, PyResult, Thread, buffer, builtins, int_obj, marshal_module};

/// An open file.
fn open(th: &Thread, filename: &Obj, mode: &str) -> PyResult<Obj> {
    call::call(th, &builtins::get(th, "open")?, &[filename.clone(), pystr::new(mode).into_obj()])
}

fn write(th: &Thread, filename: &Obj, content: &[u8]) -> PyResult<()> {
    let file = open(th, filename, "wb")?;
    let written = call::call_method(th, &file, "write", &[bytes::new(content).into_obj()]);
    call::call_method(th, &file, "close", &[])?;
    written.map(drop)
}

fn read(th: &Thread, filename: &Obj) -> PyResult<Vec<u8>> {
    let file = open(th, filename, "rb")?;
    let content = call::call_method(th, &file, "read", &[]);
    call::call_method(th, &file, "close", &[])?;
    buffer::bytes_of(th, &content?)
}

/// A little-endian number at the start of a file, and where it ends.
fn read_number<const N: usize>(th: &Thread, filename: &Obj, number: fn([u8; N]) -> i64) -> PyResult<Obj> {
    match read(th, filename)?.first_chunk::<N>() {
        Some(content) => Ok(tuple::from_array([int_obj(number(*content)), int_obj(N as i64)]).into_obj()),
        None => Err(th.raise_message(EOF_ERROR, "EOF read where not expected")),
    }
}

/// The object at the start of a file, and where it ends.
fn read_object(th: &Thread, filename: &Obj) -> PyResult<Obj> {
    let (object, end) = marshal_module::first_of(th, &read(th, filename)?)?;
    Ok(tuple::from_array([object, int_obj(end as i64)]).into_obj())
}

#[macros::pymethods(MARSHAL)]
impl TestCapi {
    #[pyfunction(sig = "($self, value, filename, version, /)")]
    fn pymarshal_write_long_to_file(th: &Thread, value: i64, filename: &Obj, _version: i32) -> PyResult<()> {
        // Like C's function: the low 32 bits.
        write(th, filename, &(value as i32).to_le_bytes())
    }

    #[pyfunction(sig = "($self, obj, filename, version, /)")]
    fn pymarshal_write_object_to_file(th: &Thread, obj: &Obj, filename: &Obj, version: i32) -> PyResult<()> {
        write(th, filename, &marshal_module::to_bytes(th, obj, version, true)?)
    }

    #[pyfunction(sig = "($self, filename, /)")]
    fn pymarshal_read_short_from_file(th: &Thread, filename: &Obj) -> PyResult<Obj> {
        read_number(th, filename, |content| i16::from_le_bytes(content).into())
    }

    #[pyfunction(sig = "($self, filename, /)")]
    fn pymarshal_read_long_from_file(th: &Thread, filename: &Obj) -> PyResult<Obj> {
        read_number(th, filename, |content| i32::from_le_bytes(content).into())
    }

    #[pyfunction(sig = "($self, filename, /)")]
    fn pymarshal_read_last_object_from_file(th: &Thread, filename: &Obj) -> PyResult<Obj> {
        read_object(th, filename)
    }

    #[pyfunction(sig = "($self, filename, /)")]
    fn pymarshal_read_object_from_file(th: &Thread, filename: &Obj) -> PyResult<Obj> {
        read_object(th, filename)
    }
}
