//! The module `_opcode`: what is known of instructions, for `dis` and `opcode`.

use bytecode::opcode;
use bytecode::tables;
use runtime::types::code::Code;
use runtime::types::{list, str as pystr, tuple};
use runtime::{Module, Obj, ObjExt, OrNone, Py, PyResult, Thread, none};

/// The module `_opcode`.
#[macros::pymodule(name = "_opcode", doc = "Opcode support module.", exec = fill, methods(METHODS, PREDICATES))]
pub(crate) struct Opcode;

fn fill(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add("ENABLE_SPECIALIZATION", runtime::int_obj(1));
    m.add("ENABLE_SPECIALIZATION_FT", runtime::int_obj(1));
    Ok(())
}

fn known(opcode: i32) -> Option<u16> {
    u16::try_from(opcode).ok().filter(|o| opcode::info(*o).is_some())
}

fn texts(th: &Thread, names: &[&str]) -> Obj {
    list::from_vec(th, names.iter().map(|n| pystr::new(n).into_obj()).collect()).into_obj()
}

macro_rules! predicates {
    ($($name:ident: $doc:literal;)*) => {
        #[macros::pymethods(PREDICATES)]
        impl Opcode {
            $(
                #[doc = $doc]
                #[pyfunction(sig = "($module, /, opcode)")]
                fn $name(_th: &Thread, opcode: i32) -> bool {
                    known(opcode).is_some_and(opcode::$name)
                }
            )*
        }
    };
}

predicates! {
    has_arg: "Return True if the opcode uses its oparg, False otherwise.";
    has_const: "Return True if the opcode accesses a constant, False otherwise.";
    has_name: "Return True if the opcode accesses an attribute by name, False otherwise.";
    has_jump: "Return True if the opcode has a jump target, False otherwise.";
    has_free: "Return True if the opcode accesses a free variable, False otherwise.";
    has_local: "Return True if the opcode accesses a local variable, False otherwise.";
    has_exc: "Return True if the opcode sets up an exception handler, False otherwise.";
}

#[macros::pymethods]
impl Opcode {
    /// Compute the stack effect of the opcode.
    #[pyfunction(sig = "($module, opcode, oparg=None, /, *, jump=None)")]
    fn stack_effect(th: &Thread, opcode: i32, oparg: OrNone<i32>, jump: Option<&Obj>) -> PyResult<i32> {
        let jump = match jump {
            None => None,
            Some(j) if j.is_none() => None,
            Some(j) if j.is_true() => Some(true),
            Some(j) if j.is_false() => Some(false),
            Some(_) => return Err(th.value_error("stack_effect: jump must be False, True or None")),
        };
        let effect = known(opcode).and_then(|o| opcode::stack_effect(o, oparg.0.unwrap_or(0), jump));
        effect.ok_or_else(|| th.value_error("invalid opcode or oparg"))
    }

    /// Return True if opcode is valid, False otherwise.
    #[pyfunction(sig = "($module, /, opcode)")]
    fn is_valid(_th: &Thread, opcode: i32) -> bool {
        known(opcode).is_some()
    }

    /// Return the specialization stats
    #[pyfunction(sig = "($module, /)")]
    fn get_specialization_stats(_th: &Thread) -> Obj {
        none()
    }

    /// Return array of symbols of binary ops.
    ///
    /// Indexed by the BINARY_OP oparg value.
    #[pyfunction(sig = "($module, /)")]
    fn get_nb_ops(th: &Thread) -> Obj {
        let pairs = tables::NB_NAMES.iter().zip(tables::NB_OPS);
        let pairs = pairs.map(|(n, s)| tuple::from_array([pystr::new(n).into_obj(), pystr::new(s).into_obj()]).into_obj());
        list::from_vec(th, pairs.collect()).into_obj()
    }

    /// Return a list of names of the unary intrinsics.
    #[pyfunction(sig = "($module, /)")]
    fn get_intrinsic1_descs(th: &Thread) -> Obj {
        texts(th, tables::INTRINSIC_1)
    }

    /// Return a list of names of the binary intrinsics.
    #[pyfunction(sig = "($module, /)")]
    fn get_intrinsic2_descs(th: &Thread) -> Obj {
        texts(th, tables::INTRINSIC_2)
    }

    /// Return a list of special method names.
    #[pyfunction(sig = "($module, /)")]
    fn get_special_method_names(th: &Thread) -> Obj {
        texts(th, &["__enter__", "__exit__", "__aenter__", "__aexit__"])
    }

    /// Return the executor object at offset in code if exists, None otherwise.
    #[pyfunction(sig = "($module, /, code, offset)")]
    fn get_executor(th: &Thread, code: &Obj, offset: i32) -> PyResult<Obj> {
        if code.downcast::<Code>().is_none() {
            return Err(th.type_error(format!("expected a code object, not '{}'", code.ty().name())));
        }
        // There are executors at no offset at all.
        let _ = offset;
        Err(th.value_error("no executor at given byte offset"))
    }
}
