//! `make_encoder`.

use super::strings;
use object::Payload;
use object::gc::Visitor;
use runtime::args::Signature;
use runtime::protocols::{self, call, number, sequence};
use runtime::types::dict::Dict;
use runtime::types::function::BuiltinFunction;
use runtime::types::list::{self, List};
use runtime::types::str::{self as pystr, Str};
use runtime::types::tuple::{self, Tuple};
use runtime::types::type_::alloc_instance;
use runtime::types::{float, int};
use runtime::{Args, Obj, ObjExt, Py, PyResult, Raised, Thread, Type, none};
use text::Builder;

/// How strings are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    Ascii,
    Unicode,
    /// By calling `encoder`.
    Called,
}

#[macros::pyclass(
    name = "Encoder",
    module = "_json",
    flags = BASETYPE | HAVE_GC,
    doc = "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)"
)]
pub(crate) struct Encoder {
    markers: Obj,
    default: Obj,
    encoder: Obj,
    indent: Obj,
    key_separator: Py<Str>,
    item_separator: Py<Str>,
    sort_keys: bool,
    skipkeys: bool,
    allow_nan: bool,
    quoting: Quoting,
}

impl Payload for Encoder {
    fn traverse(&self, v: &mut Visitor<'_>) {
        for o in [&self.markers, &self.default, &self.encoder, &self.indent] {
            v.obj(o);
        }
    }
}

static CALL: Signature = Signature {
    function: "_iterencode",
    names: &["obj", "_current_indent_level"],
    required: &[true, true],
    positional_only: 0,
    positional: 2,
    var_positional: false,
    var_keyword: false,
};

/// What was being written when an exception came, as its notes say.
enum Place<'a> {
    Object,
    Item(usize),
    Key(&'a Obj),
}

/// Adds a note to the exception that is on its way (`_PyErr_FormatNote`).
#[cold]
fn note(th: &Thread, raised: Raised, o: &Obj, place: Place<'_>) -> Raised {
    let e = th.take_raised(raised);
    let full = runtime::types::type_::fully_qualified_name(o.ty());
    let ty = full.strip_prefix("__main__.").unwrap_or(&full);
    let text = match place {
        Place::Object => format!("when serializing {ty} object"),
        Place::Item(i) => format!("when serializing {ty} item {i}"),
        Place::Key(key) => match protocols::repr(th, key) {
            Ok(key) => format!("when serializing {ty} item {}", key.to_string_lossy()),
            Err(raised) => return raised,
        },
    };
    match call::call_method(th, &e, "add_note", &[pystr::new(&text).into_obj()]) {
        Ok(_) => th.reraise(e),
        Err(raised) => raised,
    }
}

/// One run of the encoder.
struct Writer<'a> {
    th: &'a Thread,
    e: &'a Encoder,
    out: Builder,
}

impl Writer<'_> {
    fn value(&mut self, o: &Obj, level: isize) -> PyResult<()> {
        if self.scalar(o)? {
            return Ok(());
        }
        self.th.check_stack(" while encoding a JSON object")?;
        if o.downcast::<List>().is_some() || o.downcast::<Tuple>().is_some() {
            return self.list(o, level);
        }
        if let Some(d) = o.downcast::<Dict>() {
            return self.dict(o, d, level);
        }
        let marker = self.enter(o)?;
        let replaced = call::call(self.th, &self.e.default, std::slice::from_ref(o))?;
        if let Err(raised) = self.value(&replaced, level) {
            return Err(note(self.th, raised, o, Place::Object));
        }
        self.leave(marker)
    }

    /// Writes what has no parts; `false` for other objects.
    #[inline]
    fn scalar(&mut self, o: &Obj) -> PyResult<bool> {
        if let Some(s) = o.downcast::<Str>() {
            self.string(s)?;
        } else if let Some(i) = o.value().as_int() {
            self.small_int(i);
        } else if o.is_none() {
            self.out.push_ascii(b"null");
        } else if o.is_true() {
            self.out.push_ascii(b"true");
        } else if o.is_false() {
            self.out.push_ascii(b"false");
        } else if int::is_int(o) {
            let digits = int::to_decimal(self.th, o)?;
            self.out.push_ascii(digits.as_bytes());
        } else if let Some(x) = float::value_of(o) {
            let shown = self.real(o, x)?;
            self.out.push_ascii(shown.as_bytes());
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn small_int(&mut self, i: i64) {
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        let mut left = i.unsigned_abs();
        loop {
            at -= 1;
            digits[at] = b'0' + (left % 10) as u8;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        if i < 0 {
            self.out.push_ascii(b"-");
        }
        self.out.push_ascii(&digits[at..]);
    }

    fn real(&self, o: &Obj, x: f64) -> PyResult<String> {
        if x.is_finite() {
            return Ok(text::float::repr(x));
        }
        if !self.e.allow_nan {
            let shown = protocols::repr(self.th, o)?.to_string_lossy();
            return Err(self.th.value_error(format!("Out of range float values are not JSON compliant: {shown}")));
        }
        Ok(if x.is_nan() {
            "NaN"
        } else if x > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_string())
    }

    fn string(&mut self, s: &Py<Str>) -> PyResult<()> {
        match self.e.quoting {
            Quoting::Ascii => strings::encode(s.chars(), true, &mut self.out),
            Quoting::Unicode => strings::encode(s.chars(), false, &mut self.out),
            Quoting::Called => {
                let encoded = call::call(self.th, &self.e.encoder, std::slice::from_ref(s.as_obj()))?;
                match encoded.downcast::<Str>() {
                    Some(encoded) => self.out.push_chars(encoded.chars()),
                    None => {
                        let ty = encoded.ty().tp_name();
                        return Err(self.th.type_error(format!("encoder() must return a string, not {ty}")));
                    }
                }
            }
        }
        Ok(())
    }

    /// Marks a container as being written.
    fn enter(&self, o: &Obj) -> PyResult<Option<Obj>> {
        let Some(markers) = self.e.markers.downcast::<Dict>() else { return Ok(None) };
        let id = int::from_u64(o.id());
        if markers.contains(self.th, &id)? {
            return Err(self.th.value_error("Circular reference detected"));
        }
        markers.set_item(self.th, &id, o.clone())?;
        Ok(Some(id))
    }

    fn leave(&self, marker: Option<Obj>) -> PyResult<()> {
        if let (Some(id), Some(markers)) = (marker, self.e.markers.downcast::<Dict>())
            && !markers.del_item(self.th, &id)?
        {
            return Err(self.th.key_error(&id));
        }
        Ok(())
    }

    /// A new line with its indentation, when the output is to be indented.
    fn line(&mut self, level: isize) {
        let Some(indent) = self.e.indent.downcast::<Str>() else { return };
        self.out.push(0x0a);
        for _ in 0..level {
            self.out.push_chars(indent.chars());
        }
    }

    fn separate(&mut self, first: bool, level: isize) {
        if !first {
            self.out.push_chars(self.e.item_separator.chars());
        }
        self.line(level);
    }

    /// Writes a list or a tuple; a list may change meanwhile.
    fn list(&mut self, o: &Obj, level: isize) -> PyResult<()> {
        let item = |i: usize| match o.downcast::<List>() {
            Some(l) => l.get(i),
            None => o.downcast::<Tuple>().and_then(|t| t.items().get(i).cloned()),
        };
        let Some(mut next) = item(0) else {
            self.out.push_ascii(b"[]");
            return Ok(());
        };
        let marker = self.enter(o)?;
        self.out.push_ascii(b"[");
        for i in 0.. {
            self.separate(i == 0, level + 1);
            if let Err(raised) = self.value(&next, level + 1) {
                return Err(note(self.th, raised, o, Place::Item(i)));
            }
            match item(i + 1) {
                Some(o) => next = o,
                None => break,
            }
        }
        self.leave(marker)?;
        self.line(level);
        self.out.push_ascii(b"]");
        Ok(())
    }

    fn dict(&mut self, o: &Obj, d: &Py<Dict>, level: isize) -> PyResult<()> {
        if d.is_empty() {
            self.out.push_ascii(b"{}");
            return Ok(());
        }
        let marker = self.enter(o)?;
        self.out.push_ascii(b"{");
        let mut first = true;
        if !self.e.sort_keys && o.downcast_exact::<Dict>().is_some() {
            let mut at = 0;
            while let Some((key, value)) = d.next_entry(&mut at) {
                self.entry(o, &key, &value, &mut first, level + 1)?;
            }
        } else {
            let items = call::call_method(self.th, o, "items", &[])?;
            let mut items = sequence::to_vec(self.th, &items)?;
            if self.e.sort_keys {
                list::sort_vec(self.th, &mut items, false)?;
            }
            for item in items {
                let Some([key, value]) = item.downcast::<Tuple>().map(|t| t.items()) else {
                    return Err(self.th.value_error("items must return 2-tuples"));
                };
                self.entry(o, key, value, &mut first, level + 1)?;
            }
        }
        self.leave(marker)?;
        if !first {
            self.line(level);
        }
        self.out.push_ascii(b"}");
        Ok(())
    }

    fn entry(&mut self, o: &Obj, key: &Obj, value: &Obj, first: &mut bool, level: isize) -> PyResult<()> {
        let made;
        let shown = match key.downcast::<Str>() {
            Some(s) => s,
            None => match self.key_text(key)? {
                Some(text) => {
                    made = pystr::new(&text);
                    &made
                }
                None if self.e.skipkeys => return Ok(()),
                None => {
                    let ty = key.ty().tp_name();
                    return Err(self.th.type_error(format!("keys must be str, int, float, bool or None, not {ty}")));
                }
            },
        };
        self.separate(*first, level);
        *first = false;
        self.string(shown)?;
        self.out.push_chars(self.e.key_separator.chars());
        self.value(value, level).map_err(|raised| note(self.th, raised, o, Place::Key(key)))
    }

    /// A key that is no string as text.
    fn key_text(&self, key: &Obj) -> PyResult<Option<String>> {
        Ok(Some(if let Some(x) = float::value_of(key) {
            self.real(key, x)?
        } else if key.is_true() {
            "true".into()
        } else if key.is_false() {
            "false".into()
        } else if key.is_none() {
            "null".into()
        } else if int::is_int(key) {
            int::to_decimal(self.th, key)?
        } else {
            return Ok(None);
        }))
    }
}

/// A separator, which must be text.
fn separator(th: &Thread, o: &Obj, argument: usize) -> PyResult<Py<Str>> {
    match o.downcast::<Str>() {
        Some(s) => Ok(s.clone()),
        None => Err(th.type_error(format!("make_encoder() argument {argument} must be str, not {}", o.ty().name()))),
    }
}

#[macros::pymethods]
impl Encoder {
    #[new(
        name = "make_encoder",
        hidden,
        sig = "(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)"
    )]
    #[expect(clippy::too_many_arguments, reason = "as CPython has them")]
    fn new(
        th: &Thread,
        cls: &Py<Type>,
        markers: &Obj,
        default: &Obj,
        encoder: &Obj,
        indent: &Obj,
        key_separator: &Obj,
        item_separator: &Obj,
        sort_keys: bool,
        skipkeys: bool,
        allow_nan: bool,
    ) -> PyResult<Obj> {
        let key_separator = separator(th, key_separator, 5)?;
        let item_separator = separator(th, item_separator, 6)?;
        if !markers.is_none() && markers.downcast::<Dict>().is_none() {
            let ty = markers.ty().name();
            return Err(th.type_error(format!("make_encoder() argument 1 must be dict or None, not {ty}")));
        }
        let quoting = match encoder.downcast::<BuiltinFunction>().map(|f| f.name()) {
            Some("encode_basestring_ascii") => Quoting::Ascii,
            Some("encode_basestring") => Quoting::Unicode,
            _ => Quoting::Called,
        };
        let payload = Encoder {
            markers: markers.clone(),
            default: default.clone(),
            encoder: encoder.clone(),
            indent: indent.clone(),
            key_separator,
            item_separator,
            sort_keys,
            skipkeys,
            allow_nan,
            quoting,
        };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<Encoder>, args: Args<'_>) -> PyResult<Obj> {
        let [o, level] = CALL.bind::<2>(th, args)?;
        let level = match level {
            Some(level) => number::index_isize(th, level, "Python int too large to convert to C ssize_t")?,
            None => 0,
        };
        let mut w = Writer { th, e: slf, out: Builder::with_capacity(256) };
        w.value(o.unwrap_or(&none()), level.max(0))?;
        Ok(tuple::from_array([pystr::from_buf(w.out.finish()).into_obj()]).into_obj())
    }

    /// markers
    #[getter]
    fn markers(_th: &Thread, slf: &Py<Encoder>) -> Obj {
        slf.markers.clone()
    }

    /// default
    #[getter]
    fn default(_th: &Thread, slf: &Py<Encoder>) -> Obj {
        slf.default.clone()
    }

    /// encoder
    #[getter]
    fn encoder(_th: &Thread, slf: &Py<Encoder>) -> Obj {
        slf.encoder.clone()
    }

    /// indent
    #[getter]
    fn indent(_th: &Thread, slf: &Py<Encoder>) -> Obj {
        slf.indent.clone()
    }

    /// key_separator
    #[getter]
    fn key_separator(_th: &Thread, slf: &Py<Encoder>) -> Py<Str> {
        slf.key_separator.clone()
    }

    /// item_separator
    #[getter]
    fn item_separator(_th: &Thread, slf: &Py<Encoder>) -> Py<Str> {
        slf.item_separator.clone()
    }

    /// sort_keys
    #[getter]
    fn sort_keys(_th: &Thread, slf: &Py<Encoder>) -> bool {
        slf.sort_keys
    }

    /// skipkeys
    #[getter]
    fn skipkeys(_th: &Thread, slf: &Py<Encoder>) -> bool {
        slf.skipkeys
    }
}
