//! The stages of the compiler one by one: code generation, optimisation, assembly, and the sequences of instructions between them.

use super::TestInternalCapi;
use bytecode::{Const, Text, opcode};
use compiler::CompileOptions;
use compiler::assemble::{self, AssembleError, CodeUnit};
use compiler::instructions::{InstrSequence, Location};
use compiler::stages::{self, Unfit};
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::compile;
use runtime::types::code::{self, Code, const_object};
use runtime::types::dict::{self, Dict};
use runtime::types::int;
use runtime::types::list::{self, List};
use runtime::types::str::{self as pystr, Str};
use runtime::types::tuple;
use runtime::types::type_::alloc_instance;
use runtime::{Obj, ObjExt, Py, PyClass, PyResult, Raised, Thread, int_obj, none};
use std::cell::Cell;
use syntax::Mode;

/// The payload of an instruction sequence object.
#[macros::pyclass(name = "InstructionSequence", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(crate) struct InstructionSequence {
    seq: Guarded<InstrSequence>,
    /// The sequences of scopes within, as a list.
    nested: Guarded<Option<Py<List>>>,
    last_label: Cell<u32>,
}

impl Payload for InstructionSequence {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(nested) = self.nested.try_lock()
            && let Some(list) = &*nested
        {
            v.obj(list.as_obj());
        }
    }

    fn clear(&self) {
        let old = self.nested.try_lock().map(|mut nested| nested.take());
        drop(old);
    }
}

impl InstructionSequence {
    fn object(th: &Thread, seq: InstrSequence) -> Py<InstructionSequence> {
        let nested: Vec<Obj> = seq.nested().iter().map(|inner| Self::object(th, inner.clone()).into_obj()).collect();
        let nested = (!nested.is_empty()).then(|| list::from_vec(th, nested));
        let payload = InstructionSequence { seq: Guarded::new(seq), nested: Guarded::new(nested), last_label: Cell::new(0) };
        alloc_instance(th, Self::TYPE, payload)
    }

    /// A copy whose operands are indices instead of labels.
    fn resolved(&self, th: &Thread) -> PyResult<InstrSequence> {
        let mut seq = self.seq.lock().clone();
        if seq.apply_labels() { Ok(seq) } else { Err(th.value_error("a jump has no target")) }
    }

    fn nested(&self, th: &Thread) -> Py<List> {
        if let Some(list) = self.nested.get() {
            return list;
        }
        let list = list::from_vec(th, Vec::new());
        self.nested.set(Some(list.clone()));
        list
    }
}

#[macros::pymethods]
impl InstructionSequence {
    /// Place label at current location.
    #[pymethod(sig = "($self, /, label)")]
    fn use_label(th: &Thread, slf: &Py<InstructionSequence>, label: i32) -> PyResult<()> {
        /// Beyond any label that code can need.
        const MOST_LABELS: u32 = 1 << 24;
        match u32::try_from(label).ok().filter(|label| *label < MOST_LABELS) {
            Some(label) => {
                slf.seq.lock().use_numbered_label(label);
                Ok(())
            }
            None => Err(th.value_error("label is out of range")),
        }
    }

    /// Append an instruction.
    #[pymethod(sig = "($self, /, opcode, oparg, lineno, col_offset, end_lineno, end_col_offset)")]
    fn addop(
        th: &Thread,
        slf: &Py<InstructionSequence>,
        opcode: i32,
        oparg: i32,
        lineno: i32,
        col_offset: i32,
        end_lineno: i32,
        end_col_offset: i32,
    ) -> PyResult<()> {
        let Ok(opcode) = u16::try_from(opcode) else { return Err(th.value_error("opcode is out of range")) };
        // CPython takes the four numbers in this order, whatever their names say.
        let loc = Location { line: lineno, end_line: col_offset, col: end_lineno, end_col: end_col_offset };
        slf.seq.lock().addop_i(opcode, oparg, loc);
        Ok(())
    }

    /// Return a new label.
    #[pymethod(sig = "($self, /)")]
    fn new_label(_th: &Thread, slf: &Py<InstructionSequence>) -> u32 {
        slf.last_label.set(slf.last_label.get() + 1);
        slf.last_label.get()
    }

    /// Add a nested sequence.
    #[pymethod(sig = "($self, /, nested)")]
    fn add_nested(th: &Thread, slf: &Py<InstructionSequence>, nested: &Obj) -> PyResult<()> {
        if nested.downcast::<InstructionSequence>().is_none() {
            // CPython names the type of the type.
            return Err(th.type_error(format!("expected an instruction sequence, not {}", nested.ty().to_obj().ty().name())));
        }
        slf.nested(th).push(nested.clone());
        Ok(())
    }

    /// Add a nested sequence.
    #[pymethod(sig = "($self, /)")]
    fn get_nested(th: &Thread, slf: &Py<InstructionSequence>) -> Py<List> {
        slf.nested(th)
    }

    /// Return the instructions as a list of tuples or labels.
    #[pymethod(sig = "($self, /)")]
    fn get_instructions(th: &Thread, slf: &Py<InstructionSequence>) -> PyResult<Obj> {
        let seq = slf.resolved(th)?;
        let row = |instr: &compiler::instructions::Instr| {
            let has_operand = opcode::has_arg(instr.opcode) || opcode::has_jump(instr.opcode) || opcode::has_exc(instr.opcode);
            let oparg = if has_operand { int_obj(instr.oparg.into()) } else { none() };
            let Location { line, end_line, col, end_col } = instr.loc;
            let [line, end_line, col, end_col] = [line, end_line, col, end_col].map(|n| int_obj(n.into()));
            tuple::from_array([int_obj(instr.opcode.into()), oparg, line, end_line, col, end_col]).into_obj()
        };
        Ok(list::from_vec(th, seq.instrs().iter().map(row).collect()).into_obj())
    }
}

#[cold]
fn unfit(th: &Thread, unfit: Unfit) -> Raised {
    th.value_error(match unfit {
        Unfit::Opcode(opcode) => format!("opcode {opcode} is unknown"),
        Unfit::ConstIndex(index) => format!("LOAD_CONST index {index} is out of range for consts"),
        Unfit::Local(index) => format!("local {index} is out of range"),
        Unfit::Target(index) => format!("target {index} is out of range"),
    })
}

#[cold]
fn assembly_failed(th: &Thread, error: &AssembleError) -> Raised {
    match error {
        AssembleError::Malformed(text) => th.system_error(text),
        AssembleError::TooLarge(text) => th.overflow_error(text),
        AssembleError::UnplacedLabel => th.system_error("a jump has no target"),
    }
}

fn sequence<'a>(th: &Thread, o: &'a Obj) -> PyResult<&'a Py<InstructionSequence>> {
    o.downcast::<InstructionSequence>().ok_or_else(|| th.value_error("expected an instruction sequence"))
}

/// An entry of a code unit's metadata.
fn entry(th: &Thread, metadata: &Py<Dict>, key: &str) -> PyResult<Obj> {
    let key = pystr::intern(key);
    metadata.get_str(&key).ok_or_else(|| th.key_error(key.as_obj()))
}

fn number(th: &Thread, metadata: &Py<Dict>, key: &str) -> PyResult<i32> {
    let value = entry(th, metadata, key)?;
    match int::to_i64(&value).and_then(|n| i32::try_from(n).ok()) {
        Some(n) => Ok(n),
        None => Err(th.type_error(format!("metadata[{key:?}] must be an int, not {}", value.ty().name()))),
    }
}

fn count(th: &Thread, metadata: &Py<Dict>, key: &str) -> PyResult<u32> {
    u32::try_from(number(th, metadata, key)?).map_err(|_| th.value_error(format!("metadata[{key:?}] must not be negative")))
}

fn name(th: &Thread, metadata: &Py<Dict>, key: &str) -> PyResult<Text> {
    let value = entry(th, metadata, key)?;
    match value.downcast::<Str>() {
        Some(s) => Ok(s.to_wtf8().into()),
        None => Err(th.type_error(format!("metadata[{key:?}] must be a str, not {}", value.ty().name()))),
    }
}

/// The keys of a dict from objects to indices, in the order of the indices.
fn keys_in_order(th: &Thread, metadata: &Py<Dict>, key: &str) -> PyResult<Vec<Obj>> {
    let value = entry(th, metadata, key)?;
    let Some(d) = value.downcast::<Dict>() else {
        return Err(th.type_error(format!("metadata[{key:?}] must be a dict, not {}", value.ty().name())));
    };
    let mut items = d.items_vec();
    items.sort_by_key(|(_, index)| int::to_i64(index));
    Ok(items.into_iter().map(|(key, _)| key).collect())
}

fn names(th: &Thread, metadata: &Py<Dict>, key: &str) -> PyResult<Vec<Text>> {
    let text = |name: Obj| match name.downcast::<Str>() {
        Some(s) => Ok(Text::from(s.to_wtf8())),
        None => Err(th.type_error(format!("metadata[{key:?}] must have str keys, not {}", name.ty().name()))),
    };
    keys_in_order(th, metadata, key)?.into_iter().map(text).collect()
}

#[macros::pymethods(COMPILER)]
impl TestInternalCapi {
    /// C implementation of inspect.cleandoc().
    #[pyfunction(sig = "($module, /, doc)")]
    fn compiler_cleandoc(_th: &Thread, doc: &Py<Str>) -> Obj {
        pystr::from_wtf8(&compiler::clean_doc(&doc.to_wtf8())).into_obj()
    }

    /// Return a new, empty InstructionSequence.
    #[pyfunction(sig = "($module, /)")]
    fn new_instruction_sequence(th: &Thread) -> Py<InstructionSequence> {
        InstructionSequence::object(th, InstrSequence::new())
    }

    /// Apply compiler code generation to an AST.
    ///
    /// Return (instruction_sequence, metadata).  metadata maps "argcount",
    /// "posonlyargcount", "kwonlyargcount" to ints and "consts" to the list of
    /// constants in LOAD_CONST index order (for use with optimize_cfg).
    #[pyfunction(sig = "($module, /, ast, filename, optimize, compile_mode=0)")]
    fn compiler_codegen(th: &Thread, ast: &Obj, filename: &Obj, optimize: i32, compile_mode: Option<i32>) -> PyResult<Obj> {
        let hook = *th.rt().ast_hook.lock();
        let Some(hook) = hook.filter(|hook| (hook.is_node)(th, ast)) else {
            return Err(th.type_error("expected an AST"));
        };
        let mode = match compile_mode.unwrap_or(0) {
            0 => Mode::Exec,
            1 => Mode::Eval,
            2 => Mode::Single,
            _ => return Err(th.value_error("compile_mode must be 0, 1 or 2")),
        };
        let filename = compile::filename_text(th, filename)?;
        let optimize = compile::optimize_level(th, optimize);
        let mut generated = None;
        (hook.with_tree)(th, ast, mode, &mut |th, tree| {
            let options = CompileOptions { filename: filename.as_bytes(), optimize, flags: 0 };
            let made = stages::generate(tree, &options).map_err(|e| compile::raise_compile_error(th, &e, &filename))?;
            compile::warn_compiler(th, &made.warnings, &filename)?;
            generated = Some(made);
            Ok(())
        })?;
        let Some(generated) = generated else { return Err(th.system_error("there is no tree")) };
        let metadata = dict::new();
        for key in ["argcount", "posonlyargcount", "kwonlyargcount"] {
            // A module has no parameters.
            metadata.insert_str(&pystr::intern(key), int_obj(0));
        }
        let consts = generated.consts.iter().map(|c| const_object(th, c)).collect();
        metadata.insert_str(&pystr::intern("consts"), list::from_vec(th, consts).into_obj());
        let instructions = InstructionSequence::object(th, generated.instructions);
        Ok(tuple::from_array([instructions.into_obj(), metadata.into_obj()]).into_obj())
    }

    /// Apply compiler optimizations to an instruction list.
    ///
    /// consts must be a list aligned with LOAD_CONST opargs (the "consts" entry
    /// from the metadata dict returned by compiler_codegen for the same unit).
    #[pyfunction(sig = "($module, /, instructions, consts, nlocals)")]
    fn optimize_cfg(th: &Thread, instructions: &Obj, consts: &Obj, nlocals: i32) -> PyResult<Obj> {
        let seq = sequence(th, instructions)?.resolved(th)?;
        let Some(list) = consts.downcast::<List>() else { return Err(th.type_error("consts must be a list")) };
        let Ok(nlocals) = usize::try_from(nlocals) else { return Err(th.value_error("nlocals must not be negative")) };
        let before = list.to_vec();
        stages::check(&seq, before.len()).map_err(|e| unfit(th, e))?;
        let plain =
            |o: &Obj| code::to_const(o).ok_or_else(|| th.value_error(format!("a {} can't be a constant of code", o.ty().name())));
        let plain_before: Vec<Const> = before.iter().map(plain).collect::<PyResult<_>>()?;
        let (seq, after) = stages::optimize(seq, plain_before.clone(), nlocals).map_err(|e| assembly_failed(th, &e))?;
        let object = |c: &Const| match plain_before.iter().position(|b| b.same(c)) {
            Some(index) => before[index].clone(),
            None => const_object(th, c),
        };
        drop(list.replace(after.iter().map(object).collect()));
        Ok(InstructionSequence::object(th, seq).into_obj())
    }

    /// Create a code object for the given instructions.
    #[pyfunction(sig = "($module, /, filename, instructions, metadata)")]
    fn assemble_code_object(th: &Thread, filename: &Py<Str>, instructions: &Obj, metadata: &Obj) -> PyResult<Py<Code>> {
        let seq = sequence(th, instructions)?.resolved(th)?;
        let Some(metadata) = metadata.downcast::<Dict>() else {
            return Err(th.type_error(format!("metadata must be a dict, not {}", metadata.ty().name())));
        };
        let consts = tuple::from_vec(keys_in_order(th, metadata, "consts")?);
        let unit = CodeUnit {
            name: name(th, metadata, "name")?,
            qualname: name(th, metadata, "qualname")?,
            filename: filename.to_wtf8().into(),
            argcount: count(th, metadata, "argcount")?,
            posonlyargcount: count(th, metadata, "posonlyargcount")?,
            kwonlyargcount: count(th, metadata, "kwonlyargcount")?,
            flags: 0,
            firstlineno: number(th, metadata, "firstlineno")?,
            varnames: names(th, metadata, "varnames")?,
            cellvars: names(th, metadata, "cellvars")?,
            freevars: names(th, metadata, "freevars")?,
            fasthidden: names(th, metadata, "fasthidden")?,
            consts: Vec::new(),
            names: names(th, metadata, "names")?,
        };
        stages::check(&seq, consts.len()).map_err(|e| unfit(th, e))?;
        let data = assemble::assemble_as_is(unit, seq).map_err(|e| assembly_failed(th, &e))?;
        code::from_data(th, data, consts, filename.clone())
    }
}
