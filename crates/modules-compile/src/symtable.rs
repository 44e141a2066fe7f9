//! The module `_symtable`: the compiler's symbol tables.

use compiler::symtable::{BlockType, EntryId, Scope, SymbolTable, flag};
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::compile::{self, Options};
use runtime::types::dict::{self, Dict};
use runtime::types::list::{self, List};
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::alloc_instance;
use runtime::{Module, Obj, ObjExt, Py, PyClass, PyResult, Thread, int_obj};
use syntax::{Arena, Mode};

/// The module `_symtable`.
#[macros::pymodule(name = "_symtable", exec = fill)]
pub(crate) struct SymtableModule;

/// The payload of a block's entry.
#[macros::pyclass(name = "symtable entry", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(crate) struct Entry {
    name: Py<Str>,
    symbols: Py<Dict>,
    varnames: Py<List>,
    children: Guarded<Option<Py<List>>>,
    nested: bool,
    block: BlockType,
    line: i32,
}

impl Payload for Entry {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.symbols);
        v.py(&self.varnames);
        if let Some(children) = self.children.try_lock() {
            v.opt_py(&children);
        }
    }
}

fn fill(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    for (name, value) in [
        ("USE", flag::USE),
        ("DEF_GLOBAL", flag::DEF_GLOBAL),
        ("DEF_NONLOCAL", flag::DEF_NONLOCAL),
        ("DEF_LOCAL", flag::DEF_LOCAL),
        ("DEF_PARAM", flag::DEF_PARAM),
        ("DEF_TYPE_PARAM", flag::DEF_TYPE_PARAM),
        ("DEF_FREE_CLASS", flag::DEF_FREE_CLASS),
        ("DEF_IMPORT", flag::DEF_IMPORT),
        ("DEF_BOUND", flag::DEF_BOUND),
        ("DEF_ANNOT", flag::DEF_ANNOT),
        ("DEF_COMP_ITER", flag::DEF_COMP_ITER),
        ("DEF_COMP_CELL", flag::DEF_COMP_CELL),
        ("TYPE_FUNCTION", BlockType::Function as u32),
        ("TYPE_CLASS", BlockType::Class as u32),
        ("TYPE_MODULE", BlockType::Module as u32),
        ("TYPE_ANNOTATION", BlockType::Annotation as u32),
        ("TYPE_TYPE_ALIAS", BlockType::TypeAlias as u32),
        ("TYPE_TYPE_PARAMETERS", BlockType::TypeParameters as u32),
        ("TYPE_TYPE_VARIABLE", BlockType::TypeVariable as u32),
        ("LOCAL", Scope::Local as u32),
        ("GLOBAL_EXPLICIT", Scope::GlobalExplicit as u32),
        ("GLOBAL_IMPLICIT", Scope::GlobalImplicit as u32),
        ("FREE", Scope::Free as u32),
        ("CELL", Scope::Cell as u32),
        ("SCOPE_OFF", flag::SCOPE_OFF),
        ("SCOPE_MASK", flag::SCOPE_MASK),
    ] {
        m.add(name, int_obj(value.into()));
    }
    Ok(())
}

/// The object of a block and those within it.
fn entry(th: &Thread, table: &SymbolTable<'_>, id: EntryId) -> PyResult<Py<Entry>> {
    th.check_stack("")?;
    let e = table.entry(id);
    let symbols = dict::new();
    for (name, flags) in e.symbols.iter() {
        symbols.insert_str(&pystr::intern(name), int_obj(flags.into()));
    }
    let mut children = Vec::with_capacity(e.children.len());
    for child in &e.children {
        children.push(entry(th, table, *child)?.into_obj());
    }
    let varnames = e.varnames.iter().map(|n| pystr::intern(n).into_obj()).collect();
    let made = Entry {
        name: pystr::intern(e.name),
        symbols,
        varnames: list::from_vec(th, varnames),
        children: Guarded::new(Some(list::from_vec(th, children))),
        nested: e.nested,
        block: e.typ,
        line: e.range.line,
    };
    Ok(alloc_instance(th, Entry::TYPE, made))
}

#[macros::pymethods]
impl SymtableModule {
    /// Return symbol and scope dictionaries used internally by compiler.
    #[pyfunction(sig = "($module, source, filename, startstr, /)")]
    fn symtable(th: &Thread, source: &Obj, filename: &Obj, startstr: &Py<Str>) -> PyResult<Py<Entry>> {
        let bytes = compile::source_bytes(th, source, "symtable", "string or bytes")?;
        let filename = compile::filename_text(th, filename)?;
        let mode = match startstr.to_string_lossy().as_str() {
            "exec" => Mode::Exec,
            "eval" => Mode::Eval,
            "single" => Mode::Single,
            _ => return Err(th.value_error("symtable() arg 3 must be 'exec' or 'eval' or 'single'")),
        };
        if bytes.contains(&0) {
            return Err(
                th.raise_message(runtime::types::exceptions::SYNTAX_ERROR, "source code string cannot contain null bytes")
            );
        }
        let is_text = source.downcast::<Str>().is_some();
        let text = if is_text { bytes } else { compile::decode_source(th, &bytes, &filename)? };
        let opts = Options { filename: &filename, mode, flags: 0, optimize: -1 };
        let arena = Arena::new();
        let tree = arena.alloc(compile::parse_source(th, &arena, &text, opts, -1)?);
        match compiler::symbol_table(&arena, tree, 0) {
            Ok(table) => entry(th, &table, SymbolTable::TOP),
            Err(e) => Err(compile::raise_compile_error(th, &e, &filename)),
        }
    }
}

#[macros::pymethods]
impl Entry {
    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let text = format!("<symtable entry {}({}), line {}>", slf.name.to_string_lossy(), slf.as_obj().id(), slf.line);
        Ok(pystr::new(&text).into_obj())
    }

    #[getter]
    fn id(_th: &Thread, slf: &Py<Self>) -> u64 {
        slf.as_obj().id()
    }

    #[getter]
    fn name(_th: &Thread, slf: &Py<Self>) -> Py<Str> {
        slf.name.clone()
    }

    #[getter]
    fn symbols(_th: &Thread, slf: &Py<Self>) -> Py<Dict> {
        slf.symbols.clone()
    }

    #[getter]
    fn varnames(_th: &Thread, slf: &Py<Self>) -> Py<List> {
        slf.varnames.clone()
    }

    #[getter]
    fn children(_th: &Thread, slf: &Py<Self>) -> Option<Py<List>> {
        slf.children.get()
    }

    #[getter]
    fn nested(_th: &Thread, slf: &Py<Self>) -> i64 {
        slf.nested.into()
    }

    #[getter(name = "type")]
    fn block_type(_th: &Thread, slf: &Py<Self>) -> i64 {
        slf.block as i64
    }

    #[getter]
    fn lineno(_th: &Thread, slf: &Py<Self>) -> i32 {
        slf.line
    }
}
