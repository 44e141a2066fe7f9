//! Code objects.

use super::TestCapi;
use bytecode::{CodeData, op};
use runtime::types::code::{self, Code};
use runtime::types::exceptions::ASSERTION_ERROR;
use runtime::types::str as pystr;
use runtime::types::tuple;
use runtime::{Obj, ObjExt, Py, PyResult, Thread};

/// Bytes of code per unit.
const UNIT: i64 = 2;

#[macros::pymethods(CODE)]
impl TestCapi {
    #[pyfunction(sig = "($self, filename, funcname, firstlineno, /)")]
    fn code_newempty(th: &Thread, filename: String, funcname: String, firstlineno: i32) -> PyResult<Py<Code>> {
        // `assert False` without anything else.
        let code = vec![op::RESUME, 0, op::LOAD_COMMON_CONSTANT, 0, op::RAISE_VARARGS, 1];
        let mut lines = bytecode::location::Encoder::new(firstlineno);
        let place =
            bytecode::location::Position { line: Some(firstlineno), end_line: Some(firstlineno), col: None, end_col: None };
        lines.add(place, code.len() / UNIT as usize);
        let name: bytecode::Text = funcname.as_bytes().into();
        let data = CodeData {
            argcount: 0,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            stacksize: 1,
            flags: 0,
            firstlineno,
            code: code.into(),
            linetable: lines.finish().into(),
            exceptiontable: Vec::new().into(),
            filename: filename.as_bytes().into(),
            name: name.clone(),
            qualname: name,
            consts: Vec::new(),
            names: Vec::new(),
            localsplusnames: Vec::new(),
            localspluskinds: Vec::new().into(),
        };
        debug_assert_eq!(ASSERTION_ERROR.short_name(), "AssertionError", "what the code raises");
        code::from_data(th, data, tuple::empty(), pystr::new(&filename))
    }

    #[pyfunction(sig = "($self, code, offset, /)")]
    fn code_offset_to_line(th: &Thread, code: &Obj, offset: i32) -> PyResult<i32> {
        let Some(code) = code.downcast::<Code>() else { return Err(th.type_error("first arg must be a code object")) };
        if offset < 0 {
            return Ok(code.data().firstlineno);
        }
        let unit = usize::try_from(i64::from(offset) / UNIT).unwrap_or(usize::MAX);
        Ok(code.position_at(unit).and_then(|p| p.line).unwrap_or(-1))
    }
}
