//! `SyntaxError` and its relatives.

use super::SYNTAX_ERROR;
use super::base::{BaseException, init_args, object_fields};
use super::message::{Part, check_count, concat, shown};
use super::raising;
use crate::native::MethodTable;
use crate::protocols::{self, sequence};
use crate::types::str::{self as pystr, Str};
use crate::types::type_::TypeObject;
use crate::types::{int, tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Raised, Thread, none};

const MSG: usize = 0;
const FILENAME: usize = 1;
const LINENO: usize = 2;
const OFFSET: usize = 3;
const TEXT: usize = 4;
const END_LINENO: usize = 5;
const END_OFFSET: usize = 6;
const PRINT_FILE_AND_LINE: usize = 7;
const METADATA: usize = 8;

/// The fields that the second argument gives, in its order.
const DETAILS: [usize; 7] = [FILENAME, LINENO, OFFSET, TEXT, END_LINENO, END_OFFSET, METADATA];

/// `SyntaxError`.
pub(super) struct SyntaxErrorClass;

impl SyntaxErrorClass {
    pub(super) const FIELDS: MethodTable = object_fields! {
        "msg" MSG, "exception msg";
        "filename" FILENAME, "exception filename";
        "lineno" LINENO, "exception lineno";
        "offset" OFFSET, "exception offset";
        "text" TEXT, "exception text";
        "end_lineno" END_LINENO, "exception end lineno";
        "end_offset" END_OFFSET, "exception end offset";
        "print_file_and_line" PRINT_FILE_AND_LINE, "exception print_file_and_line";
        "_metadata" METADATA, "exception private metadata";
    };
}

#[macros::pymethods]
impl SyntaxErrorClass {
    #[slot(tp_init)]
    fn init(th: &Thread, slf: &Py<BaseException>, args: Args<'_>) -> PyResult<()> {
        init_args(th, slf, args)?;
        if let Some(msg) = args.pos().first() {
            slf.set_field(MSG, Some(msg.clone()));
        }
        if let [_, details] = args.pos() {
            let details = sequence::to_vec(th, details)?;
            for index in DETAILS {
                slf.set_field(index, None);
            }
            check_count(th, None, details.len(), 4, 7)?;
            let both_ends = details.len() != 5;
            for (index, value) in DETAILS.iter().zip(details) {
                slf.set_field(*index, Some(value));
            }
            if !both_ends {
                return Err(th.type_error("end_offset must be provided when end_lineno is provided"));
            }
        }
        Ok(())
    }

    /// The message, with the last part of the file's name and the line.
    #[slot(tp_str)]
    fn str(th: &Thread, slf: &Py<BaseException>) -> PyResult<Obj> {
        let msg = shown(th, Some(&slf.field(MSG).unwrap_or_else(none)))?;
        let filename = slf.field(FILENAME).and_then(|f| f.downcast::<Str>().map(basename));
        let line =
            slf.field(LINENO).filter(|l| std::ptr::eq(l.ty(), int::INT_TYPE)).map(|l| protocols::str(th, &l)).transpose()?;
        let text = match (&filename, &line) {
            (Some(f), Some(l)) => {
                concat(&[Part::Str(&msg), Part::Text(" ("), Part::Str(f), Part::Text(", line "), Part::Str(l), Part::Text(")")])
            }
            (Some(f), None) => concat(&[Part::Str(&msg), Part::Text(" ("), Part::Str(f), Part::Text(")")]),
            (None, Some(l)) => concat(&[Part::Str(&msg), Part::Text(" (line "), Part::Str(l), Part::Text(")")]),
            (None, None) => msg,
        };
        Ok(text.into_obj())
    }
}

fn basename(path: &Py<Str>) -> Py<Str> {
    let chars = path.chars();
    match chars.iter().rposition(|c| c == u32::from('/')) {
        Some(i) => pystr::from_chars(chars.slice(i + 1..chars.len())),
        None => path.clone(),
    }
}

/// What a syntax error says of its place. Lines and columns count from 1; `None` shows as Python's `None`.
#[derive(Default)]
pub struct SyntaxErrorInfo {
    pub message: String,
    pub filename: Option<Obj>,
    pub line: Option<i64>,
    pub column: Option<i64>,
    /// The source line.
    pub text: Option<Obj>,
    pub end_line: Option<i64>,
    pub end_column: Option<i64>,
    pub metadata: Option<Obj>,
}

/// Raises a syntax error of class `ty` whose end is given as `None`.
#[cold]
pub fn syntax_error_without_end(th: &Thread, ty: &'static TypeObject, info: SyntaxErrorInfo) -> Raised {
    let number = |n: Option<i64>| n.map_or_else(none, int::from_i64);
    let (filename, text) = (info.filename.unwrap_or_else(none), info.text.unwrap_or_else(none));
    let details = tuple::from_vec(vec![filename, number(info.line), number(info.column), text, none(), none()]);
    th.raise_with_args(ty, vec![pystr::new(&info.message).into_obj(), details.into_obj()])
}

/// Notes the last statement before a syntax error, and the whole source, for suggestions (`_PyPegen_set_syntax_error_metadata`).
pub fn set_syntax_error_metadata(e: &Obj, line: i32, column: i32, source: &str) {
    if let Some(e) = e.downcast::<BaseException>() {
        let place = [int::from_i64(line.into()), int::from_i64(column.into()), pystr::new(source).into_obj()];
        e.set_field(METADATA, Some(tuple::from_array(place).into_obj()));
    }
}

/// Raises a `SyntaxError` whose only argument is the message; file name and place are attributes (`PyErr_SyntaxLocationObject`).
#[cold]
pub fn located_syntax_error(th: &Thread, info: SyntaxErrorInfo) -> Raised {
    let made = raising::new_with_args(th, SYNTAX_ERROR, tuple::from_vec(vec![pystr::new(&info.message).into_obj()]));
    if let Some(e) = made.downcast::<BaseException>() {
        let number = |n: Option<i64>| n.map(int::from_i64);
        e.set_field(FILENAME, info.filename);
        e.set_field(LINENO, number(info.line));
        e.set_field(OFFSET, number(info.column));
        e.set_field(END_LINENO, number(info.line));
    }
    th.raise(made)
}

/// Raises a syntax error of class `ty`.
#[cold]
pub fn syntax_error(th: &Thread, ty: &'static TypeObject, info: SyntaxErrorInfo) -> Raised {
    let number = |n: Option<i64>| n.map_or_else(none, int::from_i64);
    let mut details =
        vec![info.filename.unwrap_or_else(none), number(info.line), number(info.column), info.text.unwrap_or_else(none)];
    if info.end_line.is_some() || info.end_column.is_some() || info.metadata.is_some() {
        details.push(number(info.end_line));
        details.push(number(info.end_column));
        details.extend(info.metadata);
    }
    let args = vec![pystr::new(&info.message).into_obj(), tuple::from_vec(details).into_obj()];
    th.raise(raising::new_with_args(th, ty, tuple::from_vec(args)))
}
