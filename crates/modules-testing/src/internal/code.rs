//! Facts about code objects: the kinds of their variables, what names they use, what they return.

use super::TestInternalCapi;
use bytecode::tables::{co, fast};
use bytecode::{op, opcode};
use runtime::types::code::Code;
use runtime::types::dict::{self, Dict};
use runtime::types::function::Function;
use runtime::types::set::{self, SetCore, any_set};
use runtime::types::str as pystr;
use runtime::{Obj, ObjExt, Py, PyResult, Thread, int_obj};

fn code_of<'a>(th: &Thread, o: &'a Obj) -> PyResult<&'a Py<Code>> {
    o.downcast::<Code>().ok_or_else(|| th.type_error("argument must be a code object"))
}

/// A code object or a function: the code, and the function if it was one.
fn code_or_function(th: &Thread, o: &Obj) -> PyResult<(Py<Code>, Option<Py<Function>>)> {
    if let Some(code) = o.downcast::<Code>() {
        return Ok((code.clone(), None));
    }
    match o.downcast::<Function>() {
        Some(f) => Ok((f.code(), Some(f.clone()))),
        None => Err(th.type_error("argument must be a code object or a function")),
    }
}

/// How often each kind of variable occurs among a code object's own (`_PyCode_GetVarCounts`).
#[derive(Default)]
struct LocalCounts {
    positional_only: i64,
    positional_or_keyword: i64,
    keyword_only: i64,
    var_positional: i64,
    var_keyword: i64,
    pure: i64,
    argument_cells: i64,
    other_cells: i64,
    hidden: i64,
    hidden_cells: i64,
    free: i64,
}

impl LocalCounts {
    fn of(code: &Code) -> LocalCounts {
        let mut n = LocalCounts {
            positional_only: code.posonlyargcount as i64,
            positional_or_keyword: code.argcount as i64 - code.posonlyargcount as i64,
            keyword_only: code.kwonlyargcount as i64,
            var_positional: i64::from(code.flags & co::VARARGS != 0),
            var_keyword: i64::from(code.flags & co::VARKEYWORDS != 0),
            ..LocalCounts::default()
        };
        for kind in &*code.data().localspluskinds {
            let is = |bit: u8| kind & bit != 0;
            let is_argument = is(fast::ARG_POS | fast::ARG_KW | fast::ARG_VAR);
            match (is(fast::FREE), is(fast::CELL), is_argument, is(fast::HIDDEN)) {
                (true, ..) => n.free += 1,
                (_, true, true, _) => n.argument_cells += 1,
                (_, true, _, hidden) => {
                    n.other_cells += 1;
                    n.hidden_cells += i64::from(hidden);
                    n.hidden += i64::from(hidden);
                }
                (_, _, true, _) => {}
                (_, _, _, true) => n.hidden += 1,
                _ => n.pure += 1,
            }
        }
        n
    }

    fn arguments(&self) -> i64 {
        self.positional_only + self.positional_or_keyword + self.keyword_only + self.var_positional + self.var_keyword
    }

    /// Arguments, other locals, and cells that are no arguments.
    fn locals(&self) -> i64 {
        self.arguments() + self.pure + self.other_cells + self.hidden - self.hidden_cells
    }
}

/// How often names that are not bound by the code itself are used (`_PyCode_SetUnboundVarCounts`).
#[derive(Default)]
struct UnboundCounts {
    total: i64,
    attributes: i64,
    global: i64,
    builtin: i64,
    unknown_global: i64,
}

impl UnboundCounts {
    fn globals(&self) -> i64 {
        self.global + self.builtin + self.unknown_global
    }
}

/// Where names may be found.
struct Namespaces<'a> {
    globals: Option<&'a Py<Dict>>,
    builtins: Option<&'a Py<Dict>>,
}

fn unbound(
    th: &Thread,
    code: &Code,
    global_names: &SetCore,
    attribute_names: &SetCore,
    spaces: &Namespaces<'_>,
) -> PyResult<UnboundCounts> {
    const LOAD_ATTR: u8 = op::LOAD_ATTR;
    const LOAD_GLOBAL: u8 = op::LOAD_GLOBAL;
    let mut n = UnboundCounts::default();
    let holds = |space: Option<&Py<Dict>>, name: &Obj| space.map_or(Ok(false), |d| d.contains(th, name));
    for (opcode, oparg) in instructions(code) {
        let (names, others, is_global) = match opcode {
            LOAD_ATTR => (attribute_names, global_names, false),
            LOAD_GLOBAL => (global_names, attribute_names, true),
            _ => continue,
        };
        let Some(name) = code.names().get(oparg as usize >> 1) else { continue };
        let name = name.as_obj();
        if !names.add(th, name)? {
            continue;
        }
        // One name in both roles counts twice.
        n.total += i64::from(others.contains(th, name)?);
        let counter = if !is_global {
            &mut n.attributes
        } else if holds(spaces.globals, name)? {
            &mut n.global
        } else if holds(spaces.builtins, name)? {
            &mut n.builtin
        } else {
            &mut n.unknown_global
        };
        *counter += 1;
    }
    // Names that other instructions use, or that were among those given.
    n.total += code.names().len() as i64;
    Ok(n)
}

/// Base opcodes and whole operands of a code object.
fn instructions(code: &Code) -> Vec<(u8, u32)> {
    let mut out = Vec::new();
    let mut extended = 0u32;
    let mut units = code.data().code.chunks_exact(2);
    while let Some(&[opcode, arg]) = units.next() {
        let oparg = extended << 8 | u32::from(arg);
        if opcode == op::EXTENDED_ARG {
            extended = oparg;
            continue;
        }
        extended = 0;
        out.push((opcode::base(opcode), oparg));
        for _ in 0..opcode::caches(opcode.into()) {
            units.next();
        }
    }
    out
}

fn set_argument(th: &Thread, given: Option<&Obj>, name: &str) -> PyResult<Obj> {
    match given {
        None => Ok(set::new(th).into_obj()),
        Some(o) if o.is_instance(set::set_type()) => Ok(o.clone()),
        Some(o) => {
            let shown = runtime::protocols::repr(th, o)?.to_string_lossy();
            Err(th.type_error(format!("expected a set for \"{name}\", got {shown}")))
        }
    }
}

fn counts_of(
    th: &Thread,
    code: &Py<Code>,
    function: Option<&Py<Function>>,
    names: (Option<&Obj>, Option<&Obj>),
    spaces: (Option<&Py<Dict>>, Option<&Py<Dict>>),
) -> PyResult<UnboundCounts> {
    let global_names = set_argument(th, names.0, "globalnames")?;
    let attribute_names = set_argument(th, names.1, "attrnames")?;
    let (Some(global_names), Some(attribute_names)) = (any_set(&global_names), any_set(&attribute_names)) else {
        return Err(th.type_error("expected a set"));
    };
    let own_builtins = function.and_then(|f| f.builtins().downcast::<Dict>().cloned());
    let spaces = Namespaces { globals: spaces.0.or(function.map(|f| f.globals())), builtins: spaces.1.or(own_builtins.as_ref()) };
    unbound(th, code, global_names, attribute_names, &spaces)
}

/// A dict of numbers and of other such dicts.
fn table(rows: Vec<(&str, Obj)>) -> Obj {
    let d = dict::new();
    for (key, value) in rows {
        d.insert_str(&pystr::intern(key), value);
    }
    d.into_obj()
}

/// Why code or a function depends on more than its arguments and builtins, if it does.
fn state_used(n: &LocalCounts, unbound: Option<&UnboundCounts>) -> Option<&'static str> {
    if n.free > 0 {
        return Some("closures not supported");
    }
    // Names that are in no namespace count as globals.
    unbound.filter(|u| u.global + u.unknown_global > 0).map(|_| "globals not supported")
}

#[macros::pymethods(CODE)]
impl TestInternalCapi {
    #[pyfunction(sig = "($self, object, /)")]
    fn get_co_localskinds(th: &Thread, o: &Obj) -> PyResult<Obj> {
        let code = code_of(th, o)?;
        let d = dict::new();
        for (name, kind) in code.localsplus_names().iter().zip(&*code.data().localspluskinds) {
            d.insert_str(name, int_obj((*kind).into()));
        }
        Ok(d.into_obj())
    }

    #[pyfunction(sig = "($self, object, /)")]
    fn code_returns_only_none(th: &Thread, o: &Obj) -> PyResult<bool> {
        let code = code_of(th, o)?;
        let mut loaded_none = true;
        for (opcode, oparg) in instructions(code) {
            if opcode == op::RETURN_VALUE && !loaded_none {
                return Ok(false);
            }
            loaded_none = opcode == op::LOAD_CONST && code.consts().get(oparg as usize).is_some_and(ObjExt::is_none);
        }
        Ok(true)
    }

    #[pyfunction(sig = "(code, globalnames=None, attrnames=None, globalsns=None, builtinsns=None)")]
    fn get_code_var_counts(
        th: &Thread,
        code: &Obj,
        globalnames: Option<&Obj>,
        attrnames: Option<&Obj>,
        globalsns: Option<&Py<Dict>>,
        builtinsns: Option<&Py<Dict>>,
    ) -> PyResult<Obj> {
        let (code, function) = code_or_function(th, code)?;
        let n = LocalCounts::of(&code);
        let u = counts_of(th, &code, function.as_ref(), (globalnames, attrnames), (globalsns, builtinsns))?;
        let args = table(vec![
            ("total", int_obj(n.arguments())),
            ("numposonly", int_obj(n.positional_only)),
            ("numposorkw", int_obj(n.positional_or_keyword)),
            ("numkwonly", int_obj(n.keyword_only)),
            ("varargs", int_obj(n.var_positional)),
            ("varkwargs", int_obj(n.var_keyword)),
        ]);
        let cells = table(vec![
            ("total", int_obj(n.argument_cells + n.other_cells)),
            ("numargs", int_obj(n.argument_cells)),
            ("numothers", int_obj(n.other_cells)),
        ]);
        let hidden = table(vec![
            ("total", int_obj(n.hidden)),
            ("numpure", int_obj(n.hidden - n.hidden_cells)),
            ("numcells", int_obj(n.hidden_cells)),
        ]);
        let locals = table(vec![
            ("total", int_obj(n.locals())),
            ("args", args),
            ("numpure", int_obj(n.pure)),
            ("cells", cells),
            ("hidden", hidden),
        ]);
        let globals = table(vec![
            ("total", int_obj(u.globals())),
            ("numglobal", int_obj(u.global)),
            ("numbuiltin", int_obj(u.builtin)),
            ("numunknown", int_obj(u.unknown_global)),
        ]);
        let unbound = table(vec![
            ("total", int_obj(u.total)),
            ("globals", globals),
            ("numattrs", int_obj(u.attributes)),
            ("numunknown", int_obj(u.total - u.globals() - u.attributes)),
        ]);
        Ok(table(vec![
            ("total", int_obj(n.locals() + n.free + u.total)),
            ("locals", locals),
            ("numfree", int_obj(n.free)),
            ("unbound", unbound),
        ]))
    }

    #[pyfunction(sig = "(code, globalnames=None, globalsns=None, builtinsns=None)")]
    fn verify_stateless_code(
        th: &Thread,
        code: &Obj,
        globalnames: Option<&Obj>,
        globalsns: Option<&Py<Dict>>,
        builtinsns: Option<&Py<Dict>>,
    ) -> PyResult<()> {
        let (code, function) = code_or_function(th, code)?;
        let u = counts_of(th, &code, function.as_ref(), (globalnames, None), (globalsns, builtinsns))?;
        // Code without a function has no globals to depend on.
        match state_used(&LocalCounts::of(&code), function.is_some().then_some(&u)) {
            Some(why) => Err(th.value_error(why)),
            None => Ok(()),
        }
    }
}
