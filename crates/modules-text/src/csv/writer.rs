//! `writer`: rows as lines.

use super::dialect::{self, Dialect, Quoting, no_escape};
use super::error;
use object::Payload;
use object::gc::Visitor;
use runtime::protocols::{self, attribute, call, iterate};
use runtime::types::exceptions::TYPE_ERROR;
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::alloc_instance;
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread};
use text::{Builder, Chars};

#[macros::pyclass(name = "writer", module = "_csv", flags = HAVE_GC | DISALLOW_INSTANTIATION, doc = "CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from sequence input.\n")]
pub(crate) struct Writer {
    write: Obj,
    dialect: Py<Dialect>,
}

impl Payload for Writer {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.write);
    }
}

pub(super) fn make(th: &Thread, file: &Obj, base: Option<&Obj>, args: Args<'_>) -> PyResult<Obj> {
    let dialect = dialect::from_call(th, base, args)?;
    let write = attribute::lookup_opt_str(th, file, "write")?.filter(call::is_callable);
    let Some(write) = write else { return Err(th.type_error("argument 1 must have a \"write\" method")) };
    Ok(alloc_instance(th, Writer::TYPE, Writer { write, dialect }).into_obj())
}

/// Has the type numeric slots (`PyNumber_Check`)?
fn is_number(o: &Obj) -> bool {
    let slots = &o.ty().slots;
    slots.nb_index.get().is_some()
        || slots.nb_int.get().is_some()
        || slots.nb_float.get().is_some()
        || runtime::types::complex::value_of(o).is_some()
}

/// A line that is being written.
struct Line<'a> {
    th: &'a Thread,
    d: &'a Dialect,
    out: Builder,
    fields: usize,
}

impl Line<'_> {
    /// Is there a character that must be quoted or escaped?
    fn has_special(&self, chars: Chars<'_>) -> bool {
        match chars {
            Chars::Ascii(s) => s.iter().any(|&b| self.d.special[usize::from(b & 127)]),
            _ => chars.iter().any(|c| self.d.is_special(c)),
        }
    }

    /// Adds a field; `None` stands for Python's.
    fn field(&mut self, field: Option<Chars<'_>>, mut quoted: bool) -> PyResult<()> {
        let d = self.d;
        let chars = field.unwrap_or(Chars::Ascii(&[]));
        if chars.is_empty() && d.delimiter == 0x20 && d.skip_initial_space {
            let null = field.is_none() && matches!(d.quoting, Quoting::Strings | Quoting::NotNull);
            if d.quoting == Quoting::None || null {
                let text = "empty field must be quoted if delimiter is a space and skipinitialspace is true";
                return Err(error(self.th, text));
            }
            quoted = true;
        }
        if self.fields > 0 {
            self.out.push(d.delimiter);
        }
        let quote = d.quote.unwrap_or(0);
        if !self.has_special(chars) {
            if quoted {
                self.out.push(quote);
            }
            self.out.push_chars(chars);
            if quoted {
                self.out.push(quote);
            }
            self.fields += 1;
            return Ok(());
        }
        let mut content = Builder::with_capacity(chars.len() + 4);
        for c in chars.iter() {
            if d.is_special(c) {
                let mut escape = d.quoting == Quoting::None;
                if !escape {
                    if d.quote == Some(c) && d.double_quote {
                        content.push(quote);
                    } else if d.quote == Some(c) || d.escape == Some(c) {
                        escape = true;
                    }
                    quoted |= !escape;
                }
                if escape {
                    content.push(d.escape.ok_or_else(|| no_escape(self.th))?);
                }
            }
            content.push(c);
        }
        if quoted {
            self.out.push(quote);
        }
        self.out.push_chars(content.as_chars());
        if quoted {
            self.out.push(quote);
        }
        self.fields += 1;
        Ok(())
    }
}

impl Writer {
    fn row(th: &Thread, slf: &Py<Writer>, seq: &Obj) -> PyResult<Obj> {
        let it = match iterate::iter(th, seq) {
            Ok(it) => it,
            Err(raised) => {
                th.catch(raised, TYPE_ERROR)?;
                return Err(error(th, format!("iterable expected, not {}", seq.ty().name())));
            }
        };
        let d: &Dialect = &slf.dialect;
        let mut line = Line { th, d, out: Builder::with_capacity(64), fields: 0 };
        let mut null = false;
        while let Some(o) = iterate::next(th, &it)? {
            let quoted = match d.quoting {
                Quoting::NonNumeric => !is_number(&o),
                Quoting::All => true,
                Quoting::Strings => o.downcast::<Str>().is_some(),
                Quoting::NotNull => !o.is_none(),
                Quoting::Minimal | Quoting::None => false,
            };
            null = o.is_none();
            if null {
                line.field(None, quoted)?;
            } else if let Some(s) = o.downcast::<Str>() {
                line.field(Some(s.chars()), quoted)?;
            } else {
                let shown = protocols::str(th, &o)?;
                line.field(Some(shown.chars()), quoted)?;
            }
        }
        if line.fields > 0 && line.out.is_empty() {
            if d.quoting == Quoting::None || (null && matches!(d.quoting, Quoting::Strings | Quoting::NotNull)) {
                return Err(error(th, "single empty field record must be quoted"));
            }
            line.fields -= 1;
            line.field(None, true)?;
        }
        line.out.push_chars(d.line_terminator.chars());
        let text = pystr::from_buf(line.out.finish()).into_obj();
        call::call(th, &slf.write, &[text])
    }
}

#[macros::pymethods]
impl Writer {
    /// Construct and write a CSV record from an iterable of fields.
    ///
    /// Non-string elements will be converted to string.
    #[pymethod(sig = "($self, row, /)")]
    fn writerow(th: &Thread, slf: &Py<Writer>, row: &Obj) -> PyResult<Obj> {
        Writer::row(th, slf, row)
    }

    /// Construct and write a series of iterables to a csv file.
    ///
    /// Non-string elements will be converted to string.
    #[pymethod(sig = "($self, rows, /)")]
    fn writerows(th: &Thread, slf: &Py<Writer>, rows: &Obj) -> PyResult<()> {
        let it = iterate::iter(th, rows)?;
        while let Some(row) = iterate::next(th, &it)? {
            Writer::row(th, slf, &row)?;
        }
        Ok(())
    }

    #[getter]
    fn dialect(_th: &Thread, slf: &Py<Writer>) -> Py<Dialect> {
        slf.dialect.clone()
    }
}
