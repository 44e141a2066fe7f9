//! `string.templatelib`: `Template` and `Interpolation`, what t-strings evaluate to.

use crate::args::OrNone;
use crate::protocols;
use crate::types::generic_alias;
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::{self, Tuple};
use crate::types::type_::alloc_instance;
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type};
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::Cell;

/// A template: strings, and interpolations between each two of them.
#[macros::pyclass(name = "Template", module = "string.templatelib", flags = HAVE_GC)]
pub struct Template {
    strings: Py<Tuple>,
    interpolations: Py<Tuple>,
}

impl Payload for Template {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.strings);
        v.py(&self.interpolations);
    }
}

/// An interpolation: a value and how it was written.
#[macros::pyclass(name = "Interpolation", module = "string.templatelib", flags = HAVE_GC)]
pub struct Interpolation {
    value: Obj,
    expression: Obj,
    /// A string of one character, or `None`.
    conversion: Obj,
    format_spec: Obj,
}

impl Payload for Interpolation {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.value);
        v.obj(&self.expression);
        v.obj(&self.conversion);
        v.obj(&self.format_spec);
    }
}

/// `BUILD_INTERPOLATION`: `conversion` is 0 for none, else 1 `s`, 2 `r`, 3 `a`.
pub fn interpolation(th: &Thread, value: Obj, text: Obj, conversion: usize, spec: Option<Obj>) -> PyResult<Obj> {
    let conversion = match conversion {
        0 => crate::none(),
        1 => pystr::intern("s").into_obj(),
        2 => pystr::intern("r").into_obj(),
        3 => pystr::intern("a").into_obj(),
        _ => return Err(th.system_error("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'")),
    };
    let format_spec = spec.unwrap_or_else(|| pystr::empty().into_obj());
    Ok(alloc_instance(th, Interpolation::TYPE, Interpolation { value, expression: text, conversion, format_spec }).into_obj())
}

/// `BUILD_TEMPLATE`.
pub fn template(th: &Thread, strings: Obj, interpolations: Obj) -> PyResult<Obj> {
    match (strings.downcast::<Tuple>(), interpolations.downcast::<Tuple>()) {
        (Some(s), Some(i)) => Ok(make(th, s.clone(), i.clone())),
        _ => Err(th.system_error("a template is made of two tuples")),
    }
}

fn make(th: &Thread, strings: Py<Tuple>, interpolations: Py<Tuple>) -> Obj {
    alloc_instance(th, Template::TYPE, Template { strings, interpolations }).into_obj()
}

/// Collects strings and interpolations so that they alternate, strings at both ends.
#[derive(Default)]
struct Parts {
    strings: Vec<Obj>,
    interpolations: Vec<Obj>,
    last_is_string: bool,
}

impl Parts {
    fn string(&mut self, th: &Thread, s: &Py<Str>) -> PyResult<()> {
        match self.strings.last_mut().filter(|_| self.last_is_string) {
            Some(last) => {
                if let Some(l) = last.downcast::<Str>() {
                    *last = pystr::concat(th, &l.clone(), s)?.into_obj();
                }
            }
            None => self.strings.push(s.as_obj().clone()),
        }
        self.last_is_string = true;
        Ok(())
    }

    fn interpolation(&mut self, o: &Obj) {
        if !self.last_is_string {
            self.strings.push(pystr::empty().into_obj());
        }
        self.interpolations.push(o.clone());
        self.last_is_string = false;
    }

    fn finish(mut self, th: &Thread) -> Obj {
        if !self.last_is_string {
            self.strings.push(pystr::empty().into_obj());
        }
        make(th, tuple::from_vec(self.strings), tuple::from_vec(self.interpolations))
    }
}

#[macros::pymethods]
impl Template {
    #[new(name = "Template")]
    fn new(th: &Thread, _cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        if args.has_keywords() {
            return Err(th.type_error("Template.__new__ only accepts *args arguments"));
        }
        let mut parts = Parts::default();
        for o in args.pos() {
            if let Some(s) = o.downcast::<Str>() {
                parts.string(th, s)?;
            } else if o.downcast::<Interpolation>().is_some() {
                parts.interpolation(o);
            } else {
                return Err(th.type_error(format!(
                    "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                    o.ty().tp_name()
                )));
            }
        }
        Ok(parts.finish(th))
    }

    /// Strings
    #[getter]
    fn strings(_th: &Thread, slf: &Py<Template>) -> Obj {
        slf.strings.clone().into_obj()
    }

    /// Interpolations
    #[getter]
    fn interpolations(_th: &Thread, slf: &Py<Template>) -> Obj {
        slf.interpolations.clone().into_obj()
    }

    /// Values of interpolations
    #[getter]
    fn values(_th: &Thread, slf: &Py<Template>) -> Obj {
        let values = slf.interpolations.items().iter();
        tuple::from_vec(values.filter_map(|i| i.downcast::<Interpolation>().map(|i| i.value.clone())).collect()).into_obj()
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Template>) -> PyResult<Obj> {
        let mut out = text::Builder::new();
        out.push_str("Template(strings=");
        out.push_chars(protocols::repr(th, slf.strings.as_obj())?.chars());
        out.push_str(", interpolations=");
        out.push_chars(protocols::repr(th, slf.interpolations.as_obj())?.chars());
        out.push_str(")");
        Ok(pystr::from_buf(out.finish()).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<Template>) -> Obj {
        let payload = TemplateIterator { template: Guarded::new(Some(slf.clone())), pos: Cell::new(0) };
        alloc_instance(th, TemplateIterator::TYPE, payload).into_obj()
    }

    #[slot(sq_concat)]
    fn concat(th: &Thread, slf: &Py<Template>, other: &Obj) -> PyResult<Obj> {
        let Some(other) = other.downcast::<Template>() else {
            return Err(th.type_error(format!(
                "can only concatenate string.templatelib.Template (not \"{}\") to string.templatelib.Template",
                other.ty().tp_name()
            )));
        };
        let mut parts = Parts::default();
        for t in [slf, other] {
            for (i, s) in t.strings.items().iter().enumerate() {
                if let Some(s) = s.downcast::<Str>() {
                    parts.string(th, s)?;
                }
                if let Some(o) = t.interpolations.items().get(i) {
                    parts.interpolation(o);
                }
            }
        }
        Ok(parts.finish(th))
    }

    /// See PEP 585
    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, item: &Obj) -> PyResult<Obj> {
        Ok(generic_alias::new(th, cls, item))
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<Template>) -> PyResult<Obj> {
        let module = crate::import::import_module(th, "string.templatelib")?;
        let f = protocols::attribute::get_str(th, &module, "_template_unpickle")?;
        let args = tuple::from_vec(vec![slf.strings.clone().into_obj(), slf.interpolations.clone().into_obj()]);
        Ok(tuple::from_vec(vec![f, args.into_obj()]).into_obj())
    }
}

/// The iterator of templates: strings that are not empty, and interpolations.
#[macros::pyclass(name = "TemplateIter", module = "string.templatelib", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct TemplateIterator {
    template: Guarded<Option<Py<Template>>>,
    /// Even: a string comes next; odd: an interpolation.
    pos: Cell<usize>,
}

impl Payload for TemplateIterator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(t) = self.template.try_lock() {
            v.opt_py(&t);
        }
    }
}

#[macros::pymethods]
impl TemplateIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Py<TemplateIterator>) -> Obj {
        slf.clone().into_obj()
    }

    #[slot(tp_iternext)]
    fn next(_th: &Thread, slf: &Py<TemplateIterator>) -> PyResult<Option<Obj>> {
        let Some(t) = slf.template.get() else { return Ok(None) };
        loop {
            let pos = slf.pos.get();
            slf.pos.set(pos + 1);
            let items = if pos.is_multiple_of(2) { t.strings.items() } else { t.interpolations.items() };
            match items.get(pos / 2) {
                Some(o) if o.downcast::<Str>().is_some_and(|s| s.is_empty()) => {}
                Some(o) => return Ok(Some(o.clone())),
                None => {
                    slf.template.set(None);
                    return Ok(None);
                }
            }
        }
    }
}

#[macros::pymethods]
impl Interpolation {
    #[new(name = "Interpolation")]
    fn new(th: &Thread, _cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        static SIGNATURE: crate::args::Signature = crate::args::Signature {
            function: "Interpolation",
            names: &["value", "expression", "conversion", "format_spec"],
            required: &[true, false, false, false],
            positional_only: 0,
            positional: 4,
            var_positional: false,
            var_keyword: false,
        };
        let [value, expression, conversion, spec] = SIGNATURE.bind::<4>(th, args)?;
        let text = |o: Option<&Obj>, name: &str| match o {
            None => Ok(pystr::empty()),
            Some(o) => o.downcast::<Str>().cloned().ok_or_else(|| {
                let got = if o.is_none() { "None".to_string() } else { o.ty().tp_name() };
                th.type_error(format!("Interpolation() argument '{name}' must be str, not {got}"))
            }),
        };
        let expression = text(expression, "expression")?;
        let conversion = match conversion.filter(|c| !c.is_none()) {
            None => OrNone(None),
            Some(c) => {
                let Some(s) = c.downcast::<Str>() else {
                    return Err(
                        th.type_error(format!("Interpolation() argument 'conversion' must be str, not {}", c.ty().tp_name()))
                    );
                };
                if !["s", "r", "a"].iter().any(|k| s.is_ascii_eq(k)) {
                    return Err(th.value_error("Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'"));
                }
                OrNone(Some(c.clone()))
            }
        };
        let payload = Interpolation {
            value: value.cloned().unwrap_or_else(crate::none),
            expression: expression.into_obj(),
            conversion: conversion.0.unwrap_or_else(crate::none),
            format_spec: text(spec, "format_spec")?.into_obj(),
        };
        Ok(alloc_instance(th, Interpolation::TYPE, payload).into_obj())
    }

    /// Value
    #[getter]
    fn value(_th: &Thread, slf: &Py<Interpolation>) -> Obj {
        slf.value.clone()
    }

    /// Expression
    #[getter]
    fn expression(_th: &Thread, slf: &Py<Interpolation>) -> Obj {
        slf.expression.clone()
    }

    /// Conversion
    #[getter]
    fn conversion(_th: &Thread, slf: &Py<Interpolation>) -> Obj {
        slf.conversion.clone()
    }

    /// Format specifier
    #[getter]
    fn format_spec(_th: &Thread, slf: &Py<Interpolation>) -> Obj {
        slf.format_spec.clone()
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Interpolation>) -> PyResult<Obj> {
        let mut out = text::Builder::new();
        out.push_str("Interpolation(");
        for (i, o) in [&slf.value, &slf.expression, &slf.conversion, &slf.format_spec].into_iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            out.push_chars(protocols::repr(th, o)?.chars());
        }
        out.push_str(")");
        Ok(pystr::from_buf(out.finish()).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(_th: &Thread, slf: &Py<Interpolation>) -> PyResult<Obj> {
        let fields = [&slf.value, &slf.expression, &slf.conversion, &slf.format_spec].map(Clone::clone);
        let ty = slf.as_obj().ty().to_obj();
        Ok(tuple::from_vec(vec![ty, tuple::from_vec(fields.to_vec()).into_obj()]).into_obj())
    }

    /// See PEP 585
    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, item: &Obj) -> PyResult<Obj> {
        Ok(generic_alias::new(th, cls, item))
    }
}

/// `Interpolation.__match_args__`.
pub fn match_args() -> Obj {
    let names = ["value", "expression", "conversion", "format_spec"];
    tuple::from_vec(names.iter().map(|n| pystr::intern(n).into_obj()).collect()).into_obj()
}
