//! `reader`: rows from lines.

use super::dialect::{self, Dialect, Quoting};
use super::error;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::iterate;
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::alloc_instance;
use runtime::types::{float, list};
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, none};
use std::cell::Cell;
use std::sync::Arc;
use text::{Builder, Chars};

#[macros::pyclass(name = "reader", module = "_csv", flags = HAVE_GC | DISALLOW_INSTANTIATION, doc = "CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.\n")]
pub(crate) struct Reader {
    lines: Guarded<Option<Obj>>,
    dialect: Py<Dialect>,
    line_num: Cell<i64>,
    /// The module's, which has the limit of fields.
    state: Arc<super::State>,
}

impl Payload for Reader {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(lines) = self.lines.try_lock() {
            v.opt(&lines);
        }
    }

    fn clear(&self) {
        if let Some(mut lines) = self.lines.try_lock() {
            let old = lines.take();
            drop(lines);
            drop(old);
        }
    }
}

pub(super) fn make(th: &Thread, iterable: &Obj, base: Option<&Obj>, args: Args<'_>) -> PyResult<Obj> {
    let lines = iterate::iter(th, iterable)?;
    let dialect = dialect::from_call(th, base, args)?;
    let payload = Reader { lines: Guarded::new(Some(lines)), dialect, line_num: Cell::new(0), state: th.rt().state() };
    Ok(alloc_instance(th, Reader::TYPE, payload).into_obj())
}

/// Where in a row the parser is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    EscapedChar,
    InField,
    InQuotedField,
    EscapeInQuotedField,
    QuoteInQuotedField,
    EatNewline,
    AfterEscapedNewline,
}

/// The end of a line, beside its characters.
const END: u32 = u32::MAX;

const NEWLINE: u32 = 0x0a;
const RETURN: u32 = 0x0d;

/// A row that is being read.
struct Row<'a> {
    th: &'a Thread,
    d: &'a Dialect,
    limit: i64,
    state: State,
    field: Builder,
    length: i64,
    /// The field did not start with a quote.
    unquoted: bool,
    fields: Vec<Obj>,
}

impl Row<'_> {
    fn add(&mut self, c: u32) -> PyResult<()> {
        if self.length >= self.limit {
            let limit = self.limit;
            return Err(error(self.th, format!("field larger than field limit ({limit})")));
        }
        self.field.push(c);
        self.length += 1;
        Ok(())
    }

    fn save(&mut self) -> PyResult<()> {
        let field = std::mem::take(&mut self.field).finish();
        self.save_text(|| pystr::from_buf(field))
    }

    /// Ends a field, whose text `text` makes.
    fn save_text(&mut self, text: impl FnOnce() -> Py<Str>) -> PyResult<()> {
        let quoting = self.d.quoting;
        let (unquoted, empty) = (self.unquoted, self.length == 0);
        (self.length, self.unquoted) = (0, true);
        let value = if unquoted && empty && matches!(quoting, Quoting::NotNull | Quoting::Strings) {
            none()
        } else {
            let text = text().into_obj();
            if unquoted && !empty && matches!(quoting, Quoting::NonNumeric | Quoting::Strings) {
                float::new(float::from_object(self.th, &text)?)
            } else {
                text
            }
        };
        self.fields.push(value);
        Ok(())
    }

    /// The end of the line inside or behind a field.
    fn end_field(&mut self, c: u32) -> PyResult<()> {
        self.save()?;
        self.state = if c == END { State::StartRecord } else { State::EatNewline };
        Ok(())
    }

    fn is_quote(&self, c: u32) -> bool {
        self.d.quoting != Quoting::None && self.d.quote == Some(c)
    }

    fn process(&mut self, c: u32) -> PyResult<()> {
        match self.state {
            State::StartRecord if c == END => {}
            State::StartRecord if c == NEWLINE || c == RETURN => self.state = State::EatNewline,
            State::StartRecord | State::StartField => {
                self.state = State::StartField;
                return self.start_field(c);
            }
            State::EscapedChar => {
                self.add(if c == END { NEWLINE } else { c })?;
                let newline = c == NEWLINE || c == RETURN;
                self.state = if newline { State::AfterEscapedNewline } else { State::InField };
            }
            State::AfterEscapedNewline if c == END => {}
            State::AfterEscapedNewline | State::InField => return self.in_field(c),
            State::InQuotedField if c == END => {}
            State::InQuotedField => {
                if self.d.escape == Some(c) {
                    self.state = State::EscapeInQuotedField;
                } else if self.is_quote(c) {
                    self.state = if self.d.double_quote { State::QuoteInQuotedField } else { State::InField };
                } else {
                    return self.add(c);
                }
            }
            State::EscapeInQuotedField => {
                self.add(if c == END { NEWLINE } else { c })?;
                self.state = State::InQuotedField;
            }
            State::QuoteInQuotedField => return self.after_quote(c),
            State::EatNewline => match c {
                NEWLINE | RETURN => {}
                END => self.state = State::StartRecord,
                _ => {
                    let text = "new-line character seen in unquoted field - do you need to open the file with newline=''?";
                    return Err(error(self.th, text));
                }
            },
        }
        Ok(())
    }

    fn start_field(&mut self, c: u32) -> PyResult<()> {
        if matches!(c, NEWLINE | RETURN | END) {
            return self.end_field(c);
        }
        if self.is_quote(c) {
            self.unquoted = false;
            self.state = State::InQuotedField;
        } else if self.d.escape == Some(c) {
            self.state = State::EscapedChar;
        } else if c == 0x20 && self.d.skip_initial_space {
            // Stays at the start.
        } else if c == self.d.delimiter {
            return self.save();
        } else {
            self.add(c)?;
            self.state = State::InField;
        }
        Ok(())
    }

    fn in_field(&mut self, c: u32) -> PyResult<()> {
        if matches!(c, NEWLINE | RETURN | END) {
            return self.end_field(c);
        }
        if self.d.escape == Some(c) {
            self.state = State::EscapedChar;
        } else if c == self.d.delimiter {
            self.save()?;
            self.state = State::StartField;
        } else {
            // Behind an escaped newline the state stays, as in CPython: the row then goes on in the next line.
            self.add(c)?;
        }
        Ok(())
    }

    fn after_quote(&mut self, c: u32) -> PyResult<()> {
        if self.is_quote(c) {
            self.add(c)?;
            self.state = State::InQuotedField;
        } else if c == self.d.delimiter {
            self.save()?;
            self.state = State::StartField;
        } else if matches!(c, NEWLINE | RETURN | END) {
            return self.end_field(c);
        } else if !self.d.strict {
            self.add(c)?;
            self.state = State::InField;
        } else {
            let shown = |c: u32| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER);
            let quote = shown(self.d.quote.unwrap_or(0));
            return Err(error(self.th, format!("'{}' expected after '{quote}'", shown(self.d.delimiter))));
        }
        Ok(())
    }

    /// Takes a whole field that begins the text, if it ends with a delimiter and nothing in it is special: what is left.
    fn plain_field<'t>(&mut self, text: &'t [u8]) -> PyResult<Option<&'t [u8]>> {
        let d = self.d;
        let is_special = |&b: &u8| u32::from(b) == d.delimiter || b < 0x20 || d.escape == Some(b.into());
        let Some(length) = text.iter().position(is_special) else { return Ok(None) };
        let first = u32::from(text[0]);
        if u32::from(text[length]) != d.delimiter
            || length as i64 > self.limit
            || self.length != 0
            || self.is_quote(first)
            || first == 0x20 && d.skip_initial_space
            || d.escape == Some(first)
        {
            return Ok(None);
        }
        self.length = length as i64;
        self.save_text(|| pystr::from_chars(Chars::Ascii(&text[..length])))?;
        self.state = State::StartField;
        Ok(Some(&text[length + 1..]))
    }

    /// Processes a line, plain stretches of ASCII fields at once.
    fn line(&mut self, chars: Chars<'_>) -> PyResult<()> {
        let Chars::Ascii(mut rest) = chars else {
            chars.iter().try_for_each(|c| self.process(c))?;
            return self.process(END);
        };
        while let Some((&b, tail)) = rest.split_first() {
            if matches!(self.state, State::StartRecord | State::StartField)
                && let Some(left) = self.plain_field(rest)?
            {
                rest = left;
                continue;
            }
            let quoted = self.state == State::InQuotedField;
            if !quoted && self.state != State::InField {
                self.process(b.into())?;
                rest = tail;
                continue;
            }
            let d = self.d;
            let special = |&b: &u8| {
                let c = u32::from(b);
                if quoted {
                    d.quote == Some(c) || d.escape == Some(c)
                } else {
                    c == d.delimiter || c == NEWLINE || c == RETURN || d.escape == Some(c)
                }
            };
            let plain = rest.iter().position(special).unwrap_or(rest.len());
            if plain == 0 || self.length + plain as i64 > self.limit {
                self.process(b.into())?;
                rest = tail;
            } else {
                self.field.push_ascii(&rest[..plain]);
                self.length += plain as i64;
                rest = &rest[plain..];
            }
        }
        self.process(END)
    }
}

#[macros::pymethods]
impl Reader {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Reader>) -> PyResult<Option<Obj>> {
        let Some(lines) = slf.lines.get() else { return Ok(None) };
        let mut row = Row {
            th,
            d: &slf.dialect,
            limit: slf.state.field_limit.lock().get(),
            state: State::StartRecord,
            field: Builder::new(),
            length: 0,
            unquoted: true,
            fields: Vec::new(),
        };
        loop {
            let Some(line) = iterate::next(th, &lines)? else {
                if row.length == 0 && row.state != State::InQuotedField {
                    return Ok(None);
                }
                if slf.dialect.strict {
                    return Err(error(th, "unexpected end of data"));
                }
                row.save()?;
                break;
            };
            let Some(line) = line.downcast::<Str>() else {
                let ty = line.ty().name();
                return Err(error(
                    th,
                    format!("iterator should return strings, not {ty} (the file should be opened in text mode)"),
                ));
            };
            slf.line_num.set(slf.line_num.get() + 1);
            row.line(line.chars())?;
            if row.state == State::StartRecord {
                break;
            }
        }
        Ok(Some(list::from_vec(th, row.fields).into_obj()))
    }

    #[getter]
    fn dialect(_th: &Thread, slf: &Py<Reader>) -> Py<Dialect> {
        slf.dialect.clone()
    }

    #[getter]
    fn line_num(_th: &Thread, slf: &Py<Reader>) -> i64 {
        slf.line_num.get()
    }
}
