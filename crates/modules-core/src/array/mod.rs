//! `array`: sequences of numbers or characters that are stored as in C.

mod code;
mod iterator;
mod methods;
mod object;
mod reconstruct;
mod slots;

use object::Array;
use runtime::protocols::{attribute, call};
use runtime::types::type_::ready_static;
use runtime::{Module, Obj, Py, PyClass, PyResult, Thread, import};

#[macros::pymodule(name = "array", exec = exec, doc = "This module defines an object type which can efficiently represent\nan array of basic values: characters, integers, floating-point\nnumbers.  Arrays are sequence types and behave very much like lists,\nexcept that the type of objects stored in them is constrained.\n")]
pub(crate) struct ArrayModule;

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    ready_static(iterator::ArrayIterator::TYPE);
    m.add_type::<Array>();
    m.add("ArrayType", Array::TYPE.to_obj());
    m.add("typecodes", runtime::types::str::new(&code::ALL.iter().map(|c| c.letter as char).collect::<String>()).into_obj());
    let abc = import::import_module(th, "collections.abc")?;
    let sequence = attribute::get_str(th, &abc, "MutableSequence")?;
    call::call_method(th, &sequence, "register", &[Array::TYPE.to_obj()])?;
    Ok(())
}

#[macros::pymethods]
impl ArrayModule {
    /// Internal. Used for pickling support.
    #[pyfunction(sig = "($module, arraytype, typecode, mformat_code, items,\n                     /)")]
    fn _array_reconstructor(th: &Thread, arraytype: &Obj, typecode: &Obj, mformat_code: i32, items: &Obj) -> PyResult<Obj> {
        reconstruct::reconstruct(th, arraytype, typecode, mformat_code, items)
    }
}
